"""A lifespan for other people's apps."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine


@asynccontextmanager
async def database_lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Publishes an engine on the app's state."""
    app.state.engine = create_async_engine(app.state.database_url)
    try:
        yield
    finally:
        await app.state.engine.dispose()
