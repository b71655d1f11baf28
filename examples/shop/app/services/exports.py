"""Lists for the bookkeeper."""

from __future__ import annotations

from sqlalchemy import text

from ..db.archive import open_archive
from ..schemas.orders import ArchivedOrder
from ..settings import Settings


async def archived_orders(settings: Settings) -> list[ArchivedOrder]:
    """All orders of past years."""
    engine = open_archive(settings)
    async with engine.connect() as connection:
        rows = await connection.execute(text("select number, total from archived_orders order by number"))
        return [ArchivedOrder(number=number, total=total) for number, total in rows]
