"""Work that runs after the response."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .models import OrderItem

logger = logging.getLogger(__name__)


async def record_sale(session: AsyncSession, order_id: int) -> None:
    """Tell the sales log how many units an order sold."""
    items = await session.scalars(select(OrderItem).where(OrderItem.order_id == order_id))
    logger.info("order %s sold %s units", order_id, sum(item.quantity for item in items))
