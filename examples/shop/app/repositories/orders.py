"""Queries for orders."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from ..models import Order, OrderItem
from .base import Repository


class OrderRepository(Repository[Order]):
    """Orders."""

    model = Order

    async def with_items(self, order_id: int) -> Order:
        """One order together with its lines."""
        return await self.require(order_id, [selectinload(Order.items)])

    async def for_user(self, user_id: int) -> Sequence[Order]:
        """All orders of a customer, newest first."""
        statement = select(Order).where(Order.user_id == user_id).order_by(Order.id.desc())
        return (await self.session.scalars(statement)).all()

    async def stale_ids(self) -> Sequence[int]:
        """Keys of orders that nobody paid."""
        return (await self.session.scalars(select(Order.id).where(Order.status == "unpaid"))).all()

    async def count(self, status: str) -> int:
        """How many orders are in a state."""
        statement = select(func.count()).select_from(Order).where(Order.status == status)
        return await self.session.scalar(statement) or 0

    async def revenue(self) -> int:
        """Sum of everything ordered, in cents."""
        statement = select(func.sum(OrderItem.quantity * OrderItem.unit_price))
        return await self.session.scalar(statement) or 0
