"""What a comprehension does or collects is done to the elements of the collection themselves."""

from __future__ import annotations

import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import Expiring
from models import Order


async def _marked(order: Order) -> Order:
    order.status = "seen"
    return order


async def refreshed_in_turn() -> list[str]:
    """Each element is refreshed in the comprehension."""
    async with Expiring() as session:
        orders = (await session.scalars(select(Order))).all()
        await session.commit()
        [await session.refresh(order) for order in orders]
        return [order.status for order in orders]  # ok: [expired-attribute-access]


async def refreshed_by_another_list() -> list[str]:
    """The other list has the same elements, and none when this one has none."""
    async with Expiring() as session:
        orders = (await session.scalars(select(Order))).all()
        marked = [await _marked(order) for order in orders]
        await session.commit()
        for order in marked:
            await session.refresh(order)
        return [order.status for order in orders]


async def refreshed_by_gathered_results() -> list[str]:
    """So has the list of what the coroutines return."""
    async with Expiring() as session:
        orders = (await session.scalars(select(Order))).all()
        marked = await asyncio.gather(*[_marked(order) for order in orders])
        await session.commit()
        for order in marked:
            await session.refresh(order)
        return [order.status for order in orders]


async def _remove(session: AsyncSession, orders: list[Order]) -> None:
    [await session.delete(order) for order in orders]
    await session.commit()


async def deleted_in_turn() -> list[str]:
    """What was deleted has left the session when the commit expires its instances."""
    async with Expiring() as session:
        orders = list((await session.scalars(select(Order))).all())
        await _remove(session, orders)
        return [order.status for order in orders]


async def refreshed_if_any() -> list[str]:
    """Where the condition is false there is nothing to read."""
    async with Expiring() as session:
        orders = list((await session.scalars(select(Order))).all())
        await session.commit()
        if orders:
            for order in orders:
                await session.refresh(order)
        return [order.status for order in orders]
