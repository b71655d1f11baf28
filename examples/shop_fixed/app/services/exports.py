"""Lists for the bookkeeper."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ..schemas.orders import ArchivedOrder


async def archived_orders(archive: AsyncEngine) -> list[ArchivedOrder]:
    """All orders of past years."""
    async with archive.connect() as connection:
        rows = await connection.execute(text("select number, total from archived_orders order by number"))
        return [ArchivedOrder(number=number, total=total) for number, total in rows]
