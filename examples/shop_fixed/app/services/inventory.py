"""What has to be bought soon."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from ..repositories import ProductRepository
from ..schemas.products import LowStock


async def low_stock(factory: async_sessionmaker[AsyncSession], threshold: int) -> list[LowStock]:
    """Products of which fewer than `threshold` are left."""
    async with factory() as session:
        scarce = await ProductRepository(session).low_stock(threshold)
    return [LowStock(sku=product.sku, stock=product.stock) for product in scarce]
