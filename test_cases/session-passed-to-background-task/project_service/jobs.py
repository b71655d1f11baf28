from database import factory
from models import Item
from sqlalchemy.ext.asyncio import AsyncSession


async def notify(session: AsyncSession, item_id: int) -> None:
    print((await session.get_one(Item, item_id)).name)


async def notify_by_id(item_id: int) -> None:
    async with factory() as session:
        await notify(session, item_id)
