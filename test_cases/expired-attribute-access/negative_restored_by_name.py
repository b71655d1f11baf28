"""Values put back by computed names after a rollback: nothing is known to be expired."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from models import Order


async def retried(session: AsyncSession, order_id: int) -> int | None:
    """(not run: needs a failing server) The snapshot is set again before anything is read."""
    order = await session.get_one(Order, order_id)
    snapshot = {column.key: order.__dict__[column.key] for column in Order.__table__.columns}
    try:
        order.status = "changed"
        await session.commit()
    except DBAPIError:
        await session.rollback()
        for name, value in snapshot.items():
            setattr(order, name, value)
    return order.id
