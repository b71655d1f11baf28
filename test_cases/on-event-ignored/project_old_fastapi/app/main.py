"""The application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.routes import router


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The only thing that runs."""
    print("starting")
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(router)
