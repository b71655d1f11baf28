"""Values put back by computed names after a rollback: nothing is known to be expired."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models import Order


async def restored(session: AsyncSession, order_id: int) -> str:
    """What was read before the rollback is set again, name by name."""
    order = await session.get_one(Order, order_id)
    columns = [column for column in Order.__table__.columns if not column.primary_key]
    snapshot = {column.key: order.__dict__[column.key] for column in columns}
    await session.rollback()
    for name, value in snapshot.items():
        setattr(order, name, value)
    return order.status
