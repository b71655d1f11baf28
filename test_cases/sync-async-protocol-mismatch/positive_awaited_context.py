"""What `async with` enters must not have been awaited before: it would start twice."""

from models import Item
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

ITEMS = select(Item)


async def connect(engine: AsyncEngine) -> None:
    async with await engine.connect() as connection:  # error: [sync-async-protocol-mismatch] "engine.connect"
        await connection.execute(ITEMS)


async def begin(engine: AsyncEngine) -> None:
    async with await engine.begin() as connection:  # error: [sync-async-protocol-mismatch]
        await connection.execute(ITEMS)


async def session_begin(session: AsyncSession) -> None:
    async with await session.begin():  # error: [sync-async-protocol-mismatch]
        await session.execute(ITEMS)


async def session_connection(session: AsyncSession) -> None:
    async with await session.connection() as connection:  # error: [sync-async-protocol-mismatch]
        await connection.execute(ITEMS)


async def connection_begin(connection: AsyncConnection) -> None:
    async with await connection.begin():  # error: [sync-async-protocol-mismatch]
        await connection.execute(ITEMS)


class Database:
    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def ping(self) -> None:
        async with await self.engine.connect() as connection:  # error: [sync-async-protocol-mismatch]
            await connection.execute(ITEMS)
