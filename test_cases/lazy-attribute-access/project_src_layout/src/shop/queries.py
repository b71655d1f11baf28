"""Functions that other modules import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from .database import Customer

if TYPE_CHECKING:
    from .database import AsyncSession


async def customer_by_id(session: AsyncSession, customer_id: int) -> Customer:
    return (await session.execute(sa.select(Customer).where(Customer.id == customer_id))).scalar_one()


async def all_customers(session: AsyncSession, *options) -> list[Customer]:
    return list((await session.scalars(sa.select(Customer).options(*options))).all())


def purchases_of(customer: Customer) -> list[int]:
    return [purchase.id for purchase in customer.purchases]
