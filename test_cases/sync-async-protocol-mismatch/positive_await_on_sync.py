from models import Item
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

ITEMS = select(Item)


async def add(session: AsyncSession) -> None:
    await session.add(Item(name="x"))  # error: 11 [sync-async-protocol-mismatch] "session.add"


async def add_all(session: AsyncSession) -> None:
    await session.add_all([Item(name="x"), Item(name="y")])  # error: [sync-async-protocol-mismatch]


async def expunge(session: AsyncSession, item: Item) -> None:
    await session.expunge(item)  # error: [sync-async-protocol-mismatch]


async def expunge_all(session: AsyncSession) -> None:
    await session.expunge_all()  # error: [sync-async-protocol-mismatch]


async def expire(session: AsyncSession, item: Item) -> None:
    await session.expire(item)  # error: [sync-async-protocol-mismatch]


async def expire_all(session: AsyncSession) -> None:
    await session.expire_all()  # error: [sync-async-protocol-mismatch]


async def in_transaction(session: AsyncSession) -> bool:
    return await session.in_transaction()  # error: [sync-async-protocol-mismatch]


async def is_modified(session: AsyncSession, item: Item) -> bool:
    return await session.is_modified(item)  # error: [sync-async-protocol-mismatch]


class Repository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def save(self, item: Item) -> None:
        try:
            await self.session.add(item)  # error: [sync-async-protocol-mismatch] "self.session.add"
        finally:
            await self.session.flush()


async def in_a_loop(session: AsyncSession, items: list[Item]) -> None:
    for item in items:
        await session.expunge(item)  # error: [sync-async-protocol-mismatch]


async def buffered_result(session: AsyncSession) -> list[Item]:
    return await (await session.execute(ITEMS)).scalars().all()  # todo-missed: [sync-async-protocol-mismatch] methods of results are not in the table
