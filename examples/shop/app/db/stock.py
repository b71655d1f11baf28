"""The warehouse's database, read only."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from ..settings import Settings


class StockFeed:
    """Answers how many units the warehouse holds."""

    def __init__(self, settings: Settings) -> None:
        """Feed on the warehouse that `settings` names."""
        self.engine = create_async_engine(settings.stock_url)  # error: [engine-never-disposed]

    async def units(self, sku: str) -> int:
        """Units of `sku` in the warehouse, zero when it does not know it."""
        query = text("select units from stock where sku = :sku")
        async with self.engine.connect() as connection:
            return await connection.scalar(query, {"sku": sku}) or 0
