"""After the block: other sessions, buffered results, nothing of the closed session."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def buffered_result(factory: async_sessionmaker[AsyncSession]) -> int:
    """A result of `execute` is buffered: reading it needs no session."""
    async with factory() as session:
        result = await session.execute(text("select 1"))
    return result.scalar_one()


async def next_block(factory: async_sessionmaker[AsyncSession]) -> int:
    """The second block binds the name to a new session."""
    async with factory() as session:
        await session.execute(text("select 1"))
    async with factory() as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def block_per_turn(factory: async_sessionmaker[AsyncSession]) -> int:
    """Each turn of the loop opens its own session."""
    total = 0
    for _ in range(2):
        async with factory() as session:
            total += (await session.execute(text("select 1"))).scalar_one()
    return total


async def own_session_in_handler(factory: async_sessionmaker[AsyncSession]) -> int:
    """The handler opens another session."""
    try:
        async with factory() as session:
            await session.execute(text("select 1"))
            raise ValueError("not two")
    except ValueError:
        async with factory() as session:
            return (await session.execute(text("select 1"))).scalar_one()


async def handler_inside(factory: async_sessionmaker[AsyncSession]) -> int:
    """The handler stands inside the block."""
    async with factory() as session:
        try:
            raise ValueError("not two")
        except ValueError:
            return (await session.execute(text("select 1"))).scalar_one()


class Orders:
    """Holds a session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def count(self) -> int:
        return (await self.session.execute(text("select 1"))).scalar_one()


async def object_in_the_block(factory: async_sessionmaker[AsyncSession]) -> int:
    """The object is used inside the block and left behind with it."""
    async with factory() as session:
        orders = Orders(session)
        return await orders.count()


async def closure_in_the_block(factory: async_sessionmaker[AsyncSession]) -> int:
    """The closure is called inside the block."""
    async with factory() as session:

        async def count() -> int:
            return (await session.execute(text("select 1"))).scalar_one()

        answer = await count()
    return answer


async def early_close(factory: async_sessionmaker[AsyncSession]) -> int:
    """Closing early and using it again is fine: the block closes at its end."""
    async with factory() as session:
        await session.execute(text("select 1"))
        await session.close()
        return (await session.execute(text("select 1"))).scalar_one()


async def begin_of_own_session(session: AsyncSession) -> int:
    """The end of `begin()` ends the transaction, not the session."""
    async with session.begin():
        await session.execute(text("select 1"))
    return (await session.execute(text("select 1"))).scalar_one()


async def either_session(factory: async_sessionmaker[AsyncSession], session: AsyncSession | None = None) -> int:
    """The given session is used when there is one."""
    if session is None:
        async with factory() as own:
            return (await own.execute(text("select 1"))).scalar_one()
    return (await session.execute(text("select 1"))).scalar_one()


async def rolled_back_in_handler(factory: async_sessionmaker[AsyncSession]) -> None:
    """A closed session has begun nothing, so its rollback takes no connection."""
    try:
        async with factory() as session:
            await session.execute(text("select 1"))
            raise ValueError("not two")
    except ValueError:
        await session.rollback()
        raise
