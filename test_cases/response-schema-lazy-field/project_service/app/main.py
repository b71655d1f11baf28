"""The application."""

from fastapi import APIRouter, FastAPI

from app.api import projects

api = APIRouter(prefix="/api")
api.include_router(projects.router)

app = FastAPI()
app.include_router(api)
