"""Statements from elsewhere, consumed here."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from models import Line, Order
from repository import Repository, orders_with_lines


async def consumed(session: AsyncSession) -> Sequence[Order]:
    """Fails: the imported statement joins a collection."""
    return (await session.scalars(orders_with_lines())).all()  # error: [joined-collection-without-unique] "Order.lines"


async def consumed_unique(session: AsyncSession) -> Sequence[Order]:
    """Made unique."""
    return (await session.scalars(orders_with_lines())).unique().all()


async def by_repository(session: AsyncSession) -> Sequence[Order]:
    """The repository makes its results unique."""
    return await Repository(session, Order).unique_list(joinedload(Order.lines))


async def first_by_repository(session: AsyncSession) -> Order | None:
    """The first row needs no `unique()`."""
    return await Repository(session, Order).first(joinedload(Order.lines))


async def lines(session: AsyncSession) -> Sequence[Line]:
    """A scalar reference."""
    return (await session.scalars(select(Line).options(joinedload(Line.order)))).all()
