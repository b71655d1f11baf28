from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Box, Shelf


async def fill(session: AsyncSession) -> None:
    session.add(Shelf(boxes=[Box(), Box()]))
    await session.flush()


async def count(session: AsyncSession) -> int:
    shelf = (await session.scalars(select(Shelf))).one()
    return len(shelf.boxes)  # error: [lazy-attribute-access] "`shelf.boxes` is not loaded"
