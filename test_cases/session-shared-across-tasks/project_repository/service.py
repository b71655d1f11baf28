import asyncio

from helpers import together
from items import ItemRepository
from models import Item
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from uow import UnitOfWork


async def inherited_methods(session: AsyncSession) -> tuple[int, list[Item]]:
    items = ItemRepository(session)
    return await asyncio.gather(items.count(), items.page(0))  # error: [session-shared-across-tasks]


async def through_a_unit_of_work(factory: async_sessionmaker[AsyncSession]) -> None:
    async with UnitOfWork(factory) as uow:
        await asyncio.gather(uow.items.count(), uow.items.page(0))  # error: [session-shared-across-tasks]


async def one_after_the_other(factory: async_sessionmaker[AsyncSession]) -> tuple[int, list[Item]]:
    """Fine: the second call starts when the first has ended."""
    async with UnitOfWork(factory) as uow:
        return await uow.items.count(), await uow.items.page(0)


async def units_of_their_own(factory: async_sessionmaker[AsyncSession]) -> None:
    """Fine: every unit of work opens a session of its own."""
    async with UnitOfWork(factory) as first, UnitOfWork(factory) as second:
        await asyncio.gather(first.items.count(), second.items.page(0))


async def helper_in_another_module(session: AsyncSession) -> None:
    await together(session, [1, 2])
