"""The application."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import text

from app import core
from app.core import dispose_replica, session_factory
from app.core.database import archive as archive_engine


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Disposes by re-export, by helper function and by alias."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(core.engine.dispose)
        stack.push_async_callback(dispose_replica)
        stack.push_async_callback(archive_engine.dispose)
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/orders")
async def list_orders() -> int:
    """Uses the shared factory."""
    async with session_factory() as session:
        return (await session.execute(text("select 1"))).scalar_one()
