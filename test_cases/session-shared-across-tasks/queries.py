from models import Item
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def count_items(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Item)) or 0


async def item_names(session: AsyncSession) -> list[str]:
    return list((await session.scalars(select(Item.name).order_by(Item.id))).all())


async def load_item(session: AsyncSession, item_id: int) -> Item | None:
    return await session.get(Item, item_id)
