"""Two lifespans, and the one that owns the engine is forgotten."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette

DATABASE_URL = "postgresql+asyncpg://app@db/orders"
started: list[str] = []


@asynccontextmanager
async def log_lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The one that runs."""
    started.append("log")
    yield


@asynccontextmanager
async def database_lifespan(app: FastAPI) -> AsyncIterator[None]:  # error: 11 [lifespan-not-wired]
    """Neither passed nor entered by the other."""
    started.append("database")
    async with AsyncExitStack() as stack:
        engine = create_async_engine(DATABASE_URL)
        stack.push_async_callback(engine.dispose)
        app.state.engine = engine
        yield


@asynccontextmanager
async def state_lifespan(_: Starlette) -> AsyncIterator[dict[str, object]]:  # error: [lifespan-not-wired]
    """Typed for Starlette, with yielded state: a lifespan as well."""
    started.append("state")
    engine = create_async_engine(DATABASE_URL)
    try:
        yield {"engine": engine}
    finally:
        await engine.dispose()


app = FastAPI(lifespan=log_lifespan)
