"""A closed session silently starts again: the connection it takes is never given back."""

from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker


async def after_the_block(factory: async_sessionmaker[AsyncSession]) -> int:
    """Wrong indentation of one line."""
    async with factory() as session:
        await session.execute(text("select 1"))
    return (await session.execute(text("select 2"))).scalar_one()  # error: 19 [unmanaged-session]


async def after_a_direct_block(engine: AsyncEngine) -> int:
    """The same with a directly built session."""
    async with AsyncSession(engine) as session:
        await session.execute(text("select 1"))
    result = await session.execute(text("select 2"))  # error: [unmanaged-session]
    return result.scalar_one()


async def after_begin(factory: async_sessionmaker[AsyncSession]) -> int:
    """`factory.begin()` closes its session at the end of the block."""
    async with factory.begin() as session:
        await session.execute(text("select 1"))
    return (await session.scalar(text("select 2"))) or 0  # error: [unmanaged-session]


async def in_an_exception_handler(factory: async_sessionmaker[AsyncSession]) -> int:
    """The handler stands outside of the block, the session is closed by then."""
    try:
        async with factory() as session:
            await session.execute(text("select 1"))
            raise ValueError("not two")
    except ValueError:
        return (await session.execute(text("select 2"))).scalar_one()  # error: [unmanaged-session]


class Orders:
    """Holds a session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def count(self) -> int:
        return (await self.session.execute(text("select 2"))).scalar_one()


async def through_an_object(factory: async_sessionmaker[AsyncSession]) -> int:
    """The object outlives the session it holds."""
    async with factory() as session:
        orders = Orders(session)
    return await orders.count()  # error: [unmanaged-session]


async def _count(session: AsyncSession) -> int:
    return (await session.execute(text("select 2"))).scalar_one()


async def through_a_helper(factory: async_sessionmaker[AsyncSession]) -> int:
    """Handed to a helper after the block."""
    async with factory() as session:
        pass
    return await _count(session)  # error: [unmanaged-session]


async def through_a_closure(factory: async_sessionmaker[AsyncSession]) -> int:
    """The closure is called when the session is closed."""
    async with factory() as session:

        async def count() -> int:
            return (await session.execute(text("select 2"))).scalar_one()

    return await count()  # error: [unmanaged-session]


async def _returned(factory: async_sessionmaker[AsyncSession]) -> AsyncSession:
    async with factory() as session:
        return session  # error: 16 [unmanaged-session]


async def uses_returned(factory: async_sessionmaker[AsyncSession]) -> int:
    """Gets a session that its own block has closed."""
    session = await _returned(factory)
    return (await session.execute(text("select 2"))).scalar_one()


async def _returned_closure(factory: async_sessionmaker[AsyncSession]) -> Callable[[], Awaitable[int]]:
    async with factory() as session:
        return lambda: _count(session)  # error: [unmanaged-session]


async def uses_returned_closure(factory: async_sessionmaker[AsyncSession]) -> int:
    """Calls what was captured inside the block."""
    count = await _returned_closure(factory)
    return await count()
