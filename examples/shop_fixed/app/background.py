"""Work that runs after the response."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from .models import OrderItem

logger = logging.getLogger(__name__)


async def record_sale(factory: async_sessionmaker[AsyncSession], order_id: int) -> None:
    """Tell the sales log how many units an order sold."""
    async with factory() as session:
        items = await session.scalars(select(OrderItem).where(OrderItem.order_id == order_id))
        logger.info("order %s sold %s units", order_id, sum(item.quantity for item in items))
