import asyncio

from models import Item
from sqlalchemy.ext.asyncio import AsyncSession


async def together(session: AsyncSession, ids: list[int]) -> list[Item | None]:
    return await asyncio.gather(*[session.get(Item, item_id) for item_id in ids])  # error: [session-shared-across-tasks]
