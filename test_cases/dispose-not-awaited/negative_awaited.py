"""The coroutine is awaited, sooner or later, by this function or another one."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, aclosing
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker


async def awaited(engine: AsyncEngine, session: AsyncSession, connection: AsyncConnection) -> None:
    """The plain form."""
    await session.close()
    await connection.close()
    await engine.dispose()


async def awaited_later(engine: AsyncEngine) -> None:
    """The coroutine waits in a variable."""
    disposal = engine.dispose()
    await disposal


async def gathered(engine: AsyncEngine, replica: AsyncEngine) -> None:
    """`gather` awaits both."""
    await asyncio.gather(engine.dispose(), replica.dispose())


async def collected(engines: list[AsyncEngine]) -> None:
    """Built in a comprehension, awaited by `gather`."""
    await asyncio.gather(*[engine.dispose() for engine in engines])


async def with_deadline(engine: AsyncEngine) -> None:
    """`wait_for` and `shield` await it."""
    await asyncio.wait_for(asyncio.shield(engine.dispose()), timeout=5)


async def as_task(engine: AsyncEngine) -> None:
    """A task runs the coroutine, and the task is awaited."""
    task = asyncio.create_task(engine.dispose())
    await task


def disposal_of(engine: AsyncEngine) -> Coroutine[Any, Any, None]:
    """A plain function may return the coroutine: its caller awaits it."""
    return engine.dispose()


async def on_a_stack(engine: AsyncEngine, factory: async_sessionmaker[AsyncSession]) -> int:
    """The stack awaits what its callbacks return."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(engine.dispose)
        session = factory()
        stack.push_async_callback(lambda: session.close())
        return (await session.execute(text("select 1"))).scalar_one()


async def closing(factory: async_sessionmaker[AsyncSession]) -> int:
    """`aclosing` awaits `aclose`."""
    async with aclosing(factory()) as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def close_pool(pool: asyncpg.Pool) -> None:
    """The driver's pool, awaited; `terminate` is synchronous."""
    await pool.close()
    pool.terminate()
