"""The lifespan replaces both events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

calls: list[str] = []


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Start-up, then the app runs, then shutdown."""
    calls.append("startup")
    try:
        yield
    finally:
        calls.append("shutdown")


@asynccontextmanager
async def router_lifespan(app: FastAPI) -> AsyncIterator[None]:
    """A router may have one, too."""
    calls.append("router startup")
    yield
    calls.append("router shutdown")


app = FastAPI(lifespan=lifespan)
router = APIRouter(lifespan=router_lifespan)
app.include_router(router)
empty = FastAPI(on_startup=None, on_shutdown=None)
