"""A second engine with a lifespan of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine

REPLICA_URL = "postgresql+asyncpg://app@replica/orders"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Entered through its module."""
    engine = create_async_engine(REPLICA_URL)
    try:
        app.state.replica = engine
        yield
    finally:
        await engine.dispose()
