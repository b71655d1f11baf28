"""The application."""

from fastapi import Depends, FastAPI

from app.dependencies import bind_all, get_job_service
from app.services import DatabaseService, template_service

app = FastAPI()


@app.get("/jobs")
async def count_jobs(service: DatabaseService = Depends(get_job_service)) -> int:
    """Uses the shared service."""
    return await service.count()


@app.get("/templates", dependencies=[Depends(bind_all)])
async def count_templates() -> int:
    """Uses another one."""
    return await template_service.count()
