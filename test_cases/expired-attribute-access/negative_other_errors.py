"""Handlers that a refused flush or commit does not reach: its error is of another kind."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession

from models import Customer, Order


class QuotaExceeded(Exception):
    """Raised by the program itself."""


async def nothing_found(session: AsyncSession, customer_id: int, order_id: int) -> str:
    """`one()` finds no row; the commit behind it has not run then."""
    customer = await session.get_one(Customer, customer_id)
    try:
        order = (await session.scalars(select(Order).where(Order.id == order_id))).one()
        order.status = "paid"
        await session.flush()
    except NoResultFound:
        pass
    return customer.name


async def own_error(session: AsyncSession, customer_id: int) -> str:
    customer = await session.get_one(Customer, customer_id)
    try:
        customer.email = None
        await session.flush()
    except (QuotaExceeded, ValueError):
        return customer.name
    return customer.label
