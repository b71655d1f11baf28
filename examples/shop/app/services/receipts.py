"""Receipts by e-mail, sent after the response."""

from __future__ import annotations

import logging

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from ..repositories import OrderRepository

logger = logging.getLogger(__name__)


async def send_receipt(factory: async_sessionmaker[AsyncSession], order_id: int) -> None:
    """Send the customer a receipt for an order."""
    async with factory() as session:
        order = await OrderRepository(session).with_items(order_id)
    recipient = order.user.email  # error: [detached-instance-access]
    await deliver(recipient, f"Order {order.number}: {len(order.items)} items")


async def deliver(recipient: str, body: str) -> None:
    """Hand a message to the mail server."""
    logger.info("to %s: %s", recipient, body)
