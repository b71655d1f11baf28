"""Functions under a decorator that hands them to nobody are judged with what their callers hand over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from models import Order


class Orders:
    @staticmethod
    async def _undo_of(order: Order, session: AsyncSession) -> str:
        await session.rollback()
        return order.status

    @classmethod
    async def _undo(cls, order: Order, session: AsyncSession) -> str:
        await session.rollback()
        return order.status


@asynccontextmanager
async def _undone(order: Order, session: AsyncSession) -> AsyncIterator[str]:
    await session.rollback()
    yield order.status


async def by_a_static_method(session: AsyncSession) -> str:
    """The only caller hands over a new object, which becomes transient again."""
    order = Order(status="draft")
    session.add(order)
    await session.flush()
    return await Orders._undo_of(order, session)


async def by_a_class_method(session: AsyncSession) -> str:
    """The same for a class method."""
    order = Order(status="draft")
    session.add(order)
    await session.flush()
    return await Orders._undo(order, session)


async def by_a_manager(session: AsyncSession) -> str:
    """And for a context manager."""
    order = Order(status="draft")
    session.add(order)
    await session.flush()
    async with _undone(order, session) as status:
        return status
