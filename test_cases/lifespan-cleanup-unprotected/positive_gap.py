"""A failing start-up leaks what was acquired before the protection begins."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
from fastapi import FastAPI
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"
POOL_DSN = "postgresql://app@db/orders"
metadata = MetaData()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """When the tables can not be created, nobody disposes the engine."""
    engine = create_async_engine(DATABASE_URL)  # error: 14 [lifespan-cleanup-unprotected]
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(text("select * from migrations"))
    try:
        yield
    finally:
        await engine.dispose()


@asynccontextmanager
async def stack_lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The registration comes after the first await."""
    async with AsyncExitStack() as stack:
        engine = create_async_engine(DATABASE_URL)  # error: [lifespan-cleanup-unprotected]
        async with engine.connect() as connection:
            await connection.execute(text("select * from migrations"))
        stack.push_async_callback(engine.dispose)
        yield


@asynccontextmanager
async def two_resources(app: FastAPI) -> AsyncIterator[None]:
    """When the pool can not connect, the engine is left behind."""
    engine = create_async_engine(DATABASE_URL)  # error: [lifespan-cleanup-unprotected]
    pool = await asyncpg.create_pool(POOL_DSN)
    try:
        yield
    finally:
        await pool.close()
        await engine.dispose()


async def check(engine: AsyncEngine) -> None:
    """Fails when the migrations are missing."""
    async with engine.connect() as connection:
        await connection.execute(text("select * from migrations"))


@asynccontextmanager
async def helper_between(app: FastAPI) -> AsyncIterator[None]:
    """The await may hide in a helper."""
    app.state.engine = create_async_engine(DATABASE_URL)  # error: [lifespan-cleanup-unprotected]
    await check(app.state.engine)
    try:
        yield
    finally:
        await app.state.engine.dispose()


app = FastAPI(lifespan=lifespan)
stack_app = FastAPI(lifespan=stack_lifespan)
two_app = FastAPI(lifespan=two_resources)
helper_app = FastAPI(lifespan=helper_between)
