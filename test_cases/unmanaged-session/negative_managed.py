"""Every session here is closed on every path, or somebody else's."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker


async def block(factory: async_sessionmaker[AsyncSession]) -> int:
    """`async with` closes."""
    async with factory() as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def transaction(factory: async_sessionmaker[AsyncSession]) -> int:
    """`begin()` of the factory commits and closes."""
    async with factory.begin() as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def two_in_one(engine: AsyncEngine) -> int:
    """Session and transaction in one statement."""
    async with AsyncSession(engine) as session, session.begin():
        return (await session.execute(text("select 1"))).scalar_one()


async def entered_later(factory: async_sessionmaker[AsyncSession]) -> int:
    """Made first, entered afterwards."""
    session = factory()
    async with session:
        return (await session.execute(text("select 1"))).scalar_one()


async def by_hand(factory: async_sessionmaker[AsyncSession]) -> int:
    """`finally` closes."""
    session = factory()
    try:
        return (await session.execute(text("select 1"))).scalar_one()
    finally:
        await session.close()


async def with_aclosing(factory: async_sessionmaker[AsyncSession]) -> int:
    """`aclosing` closes."""
    async with aclosing(factory()) as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def on_a_stack(factory: async_sessionmaker[AsyncSession]) -> int:
    """The stack closes, by entering or by callback."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(factory())
        second = factory()
        stack.push_async_callback(second.close)
        await second.execute(text("select 1"))
        return (await first.execute(text("select 1"))).scalar_one()


async def connection_block(engine: AsyncEngine) -> int:
    """The connection is entered."""
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


async def connection_by_hand(engine: AsyncEngine) -> int:
    """The connection is closed in `finally`."""
    connection: AsyncConnection = await engine.connect()
    try:
        return (await connection.execute(text("select 1"))).scalar_one()
    finally:
        await connection.close()


def _open(factory: async_sessionmaker[AsyncSession]) -> AsyncSession:
    return factory()


async def provider(factory: async_sessionmaker[AsyncSession]) -> int:
    """The provider returns a fresh session, this caller enters it."""
    async with _open(factory) as session:
        return (await session.execute(text("select 1"))).scalar_one()


@asynccontextmanager
async def _scope(factory: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    session = factory()
    try:
        yield session
        await session.commit()
    except Exception:
        await session.rollback()
        raise
    finally:
        await session.close()


async def own_context_manager(factory: async_sessionmaker[AsyncSession]) -> int:
    """A context manager of the project closes."""
    async with _scope(factory) as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def _finish(session: AsyncSession) -> None:
    await session.close()


async def closed_by_a_helper(factory: async_sessionmaker[AsyncSession]) -> int:
    """Handed over to a helper that closes it."""
    session = factory()
    try:
        return (await session.execute(text("select 1"))).scalar_one()
    finally:
        await _finish(session)


async def given(session: AsyncSession) -> int:
    """A parameter belongs to the caller."""
    return (await session.execute(text("select 1"))).scalar_one()
