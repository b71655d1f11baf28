from models import Item
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

ITEMS = select(Item)


async def session_of_a_factory(factory: async_sessionmaker[AsyncSession]) -> None:
    with factory() as session:  # error: 10 [sync-async-protocol-mismatch]
        print(session)


async def transaction_of_a_factory(factory: async_sessionmaker[AsyncSession]) -> None:
    with factory.begin() as session:  # error: [sync-async-protocol-mismatch]
        print(session)


async def session_made_here(engine: AsyncEngine) -> None:
    with AsyncSession(engine) as session:  # error: [sync-async-protocol-mismatch]
        print(session)


async def begin(session: AsyncSession) -> None:
    with session.begin():  # error: [sync-async-protocol-mismatch] "session.begin"
        await session.execute(ITEMS)


async def begin_nested(session: AsyncSession) -> None:
    with session.begin_nested():  # error: [sync-async-protocol-mismatch]
        await session.execute(ITEMS)


async def engine_begin(engine: AsyncEngine) -> None:
    with engine.begin() as connection:  # error: [sync-async-protocol-mismatch]
        print(connection)


async def engine_connect(engine: AsyncEngine) -> None:
    with engine.connect() as connection:  # error: [sync-async-protocol-mismatch]
        print(connection)


async def second_of_two(factory: async_sessionmaker[AsyncSession]) -> None:
    async with factory() as session:
        with session.no_autoflush, session.begin():  # error: [sync-async-protocol-mismatch]
            await session.execute(ITEMS)


def in_a_plain_function(engine: AsyncEngine) -> None:
    with engine.connect() as connection:  # error: [sync-async-protocol-mismatch]
        print(connection)
