"""After a flush that has failed the next statement fails, too: what stands behind it is not reached."""

from models import Customer, Order
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, PendingRollbackError
from sqlalchemy.ext.asyncio import AsyncSession


async def _insert_twice(session: AsyncSession, customer_id: int) -> None:
    try:
        session.add(Customer(id=customer_id, name="another"))
        await session.flush()
    except IntegrityError:
        print("there is one already")


async def _count(session: AsyncSession) -> int:
    return len((await session.scalars(select(Order.id))).all())


async def statement(session: AsyncSession) -> str:
    """The statement raises PendingRollbackError."""
    customer = await session.get_one(Customer, 1)
    await _insert_twice(session, 2)
    try:
        await session.scalars(select(Order.id))
    except PendingRollbackError:
        return "not reached"
    return customer.name


async def statement_of_a_helper(session: AsyncSession) -> str:
    """So does the one in the helper."""
    customer = await session.get_one(Customer, 1)
    await _insert_twice(session, 2)
    try:
        await _count(session)
    except PendingRollbackError:
        return "not reached"
    return customer.name


async def commit(session: AsyncSession) -> str:
    """So does a commit."""
    customer = await session.get_one(Customer, 1)
    await _insert_twice(session, 2)
    try:
        await session.commit()
    except PendingRollbackError:
        return "not reached"
    return customer.name


async def flush_of_something(session: AsyncSession) -> str:
    """So does a flush that has something to write."""
    customer = await session.get_one(Customer, 1)
    await _insert_twice(session, 2)
    session.add(Customer(name="third"))
    try:
        await session.flush()
    except PendingRollbackError:
        return "not reached"
    return customer.name
