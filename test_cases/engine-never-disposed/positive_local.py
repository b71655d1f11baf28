"""An engine in a local variable that no path disposes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"
POOL_DSN = "postgresql://app@db/orders"


async def nightly_totals(url: str) -> int:
    """The function returns, the pool stays connected until the garbage collector comes."""
    engine = create_async_engine(url)  # error: 14 [engine-never-disposed]
    async with AsyncSession(engine) as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def through_a_factory(url: str) -> int:
    """The factory holds the engine and dies with the function."""
    factory = async_sessionmaker(create_async_engine(url), expire_on_commit=False)  # error: [engine-never-disposed]
    async with factory() as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def the_second_one(url: str, replica_url: str) -> int:
    """Two engines, one dispose."""
    primary = create_async_engine(url)
    replica = create_async_engine(replica_url)  # error: [engine-never-disposed]
    try:
        async with primary.connect() as writer, replica.connect() as reader:
            await writer.execute(text("select 1"))
            return (await reader.execute(text("select 1"))).scalar_one()
    finally:
        await primary.dispose()


async def both_at_once(url: str, replica_url: str) -> int:
    """Assigned together, disposed apart: one name each."""
    primary, replica = create_async_engine(url), create_async_engine(replica_url)  # error: 50 [engine-never-disposed]
    try:
        async with primary.connect() as writer, replica.connect() as reader:
            await writer.execute(text("select 1"))
            return (await reader.execute(text("select 1"))).scalar_one()
    finally:
        await primary.dispose()


async def closes_only_the_session(url: str) -> int:
    """Closing the session gives the connection back to a pool that nobody closes."""
    engine = create_async_engine(url)  # error: [engine-never-disposed]
    session = AsyncSession(engine)
    try:
        return (await session.execute(text("select 1"))).scalar_one()
    finally:
        await session.close()


async def import_prices(dsn: str) -> int:
    """A driver pool needs `close` as much."""
    pool = await asyncpg.create_pool(dsn)  # error: [engine-never-disposed]
    async with pool.acquire() as connection:
        return await connection.fetchval("select 1")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The start-up half is there, the shutdown half is missing."""
    engine = create_async_engine(DATABASE_URL)  # error: [engine-never-disposed]
    app.state.session_factory = async_sessionmaker(engine, expire_on_commit=False)
    yield


app = FastAPI(lifespan=lifespan)
