"""Engines with an owner that disposes them, in all usual spellings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool


async def in_finally(url: str) -> int:
    """Disposed on every path."""
    engine = create_async_engine(url)
    try:
        async with AsyncSession(engine) as session:
            return (await session.execute(text("select 1"))).scalar_one()
    finally:
        await engine.dispose()


async def at_the_end(url: str) -> int:
    """One path disposes: not on an exception, but the rule asks for any path."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        answer = (await connection.execute(text("select 1"))).scalar_one()
    await engine.dispose()
    return answer


async def on_a_stack(url: str) -> int:
    """Registered with an exit stack."""
    async with AsyncExitStack() as stack:
        engine = create_async_engine(url)
        stack.push_async_callback(engine.dispose)
        connection = await stack.enter_async_context(engine.connect())
        return (await connection.execute(text("select 1"))).scalar_one()


async def on_a_stack_by_lambda(url: str) -> int:
    """The lambda returns the coroutine, the stack awaits it."""
    async with AsyncExitStack() as stack:
        engine = create_async_engine(url)
        stack.push_async_callback(lambda: engine.dispose(close=True))
        async with engine.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one()


async def without_pool(url: str) -> int:
    """NullPool keeps no connection, there is nothing to dispose."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with AsyncSession(engine) as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def only_looked_at(url: str) -> str:
    """An engine that nobody connects with has opened nothing."""
    engine = create_async_engine(url)
    assert isinstance(engine, AsyncEngine)
    assert engine.pool.status() is not None
    return f"{engine.url.drivername} {engine.dialect.name}"


def build(url: str) -> AsyncEngine:
    """Returned: the caller answers for it."""
    return create_async_engine(url, pool_pre_ping=True)


def build_with_factory(url: str) -> tuple[AsyncEngine, async_sessionmaker[AsyncSession]]:
    """Returned inside a tuple."""
    engine = create_async_engine(url)
    return engine, async_sessionmaker(engine)


async def caller_disposes(url: str) -> int:
    """Gets its engine from a helper and disposes it."""
    engine, factory = build_with_factory(url)
    try:
        async with factory() as session:
            return (await session.execute(text("select 1"))).scalar_one()
    finally:
        await engine.dispose()


async def release(engine: AsyncEngine) -> None:
    """Somebody else's engine, disposed here."""
    await asyncio.shield(engine.dispose())


async def disposed_by_a_helper(url: str) -> int:
    """The helper that gets the engine disposes it."""
    engine = build(url)
    try:
        async with engine.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one()
    finally:
        await release(engine)


@asynccontextmanager
async def temporary_engine(url: str) -> AsyncIterator[AsyncEngine]:
    """Yielded to the caller, disposed after the block."""
    engine = create_async_engine(url)
    try:
        yield engine
    finally:
        await engine.dispose()


async def both_at_once(url: str, replica_url: str) -> None:
    """Disposed concurrently."""
    primary = create_async_engine(url)
    replica = create_async_engine(replica_url)
    await asyncio.gather(primary.dispose(), replica.dispose())


async def driver_pool(dsn: str) -> int:
    """The block of the pool closes it."""
    async with asyncpg.create_pool(dsn) as pool:
        return await pool.fetchval("select 1")


def synchronous(url: str) -> int:
    """A synchronous engine has a synchronous dispose."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.execute(text("select 1")).scalar_one()
    finally:
        engine.dispose()
