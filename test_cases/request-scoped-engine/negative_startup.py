"""Engines built once, at start-up: lifespan, its helpers, app factories."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"
POOL_DSN = "postgresql://app@db/orders"


def build_engine(url: str) -> AsyncEngine:
    """Only start-up code calls this helper."""
    return create_async_engine(url, pool_pre_ping=True)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Runs once per process, however many requests come."""
    async with AsyncExitStack() as stack:
        engine = build_engine(DATABASE_URL)
        stack.push_async_callback(engine.dispose)
        app.state.engine = engine
        app.state.pool = await stack.enter_async_context(asyncpg.create_pool(POOL_DSN))
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/orders")
async def list_orders(request: Request) -> int:
    """The handler uses the shared engine."""
    engine: AsyncEngine = request.app.state.engine
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


@app.post("/vacuum")
async def vacuum(request: Request) -> None:
    """`execution_options` returns a variant that shares the pool."""
    engine: AsyncEngine = request.app.state.engine
    autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with autocommit.connect() as connection:
        await connection.execute(text("vacuum"))


def create_app(url: str = DATABASE_URL) -> FastAPI:
    """The factory runs once per app; the closure below disposes the engine."""
    engine = create_async_engine(url)

    @asynccontextmanager
    async def own_lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await engine.dispose()

    application = FastAPI(lifespan=own_lifespan)

    @application.get("/ping")
    async def ping() -> int:
        async with engine.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one()

    return application
