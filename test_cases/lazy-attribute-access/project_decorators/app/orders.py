import functools

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import selectinload

from app.models import Order
from app.sessions import committing, factory, timed, with_session

expiring = async_sessionmaker()


@timed
async def plain(session: AsyncSession, key: int) -> Order:
    return await session.get_one(Order, key)


@with_session
async def found(session: AsyncSession, key: int) -> Order:
    return await session.get_one(Order, key)


@with_session
async def counted(session: AsyncSession, key: int) -> int:
    """Called without its session, which the decorator gives it."""
    order = await session.get_one(Order, key)
    return len(order.items)  # error: [lazy-attribute-access]


@with_session
async def loaded(session: AsyncSession, key: int) -> Order:
    return await session.get_one(Order, key, options=[selectinload(Order.items)])


@committing(times=2)
async def touched(session: AsyncSession, order: Order) -> Order:
    return order


async def signature_kept(key: int) -> int:
    """Fails: the decorated function loads what it loaded without the decorator."""
    async with factory() as session:
        order = await plain(session, key)
        return len(order.items)  # error: [lazy-attribute-access]


async def session_injected(key: int) -> int:
    """Fails in the decorated function."""
    return await counted(key)


async def session_ended(key: int) -> int:
    """Fails: the session of the decorator has ended."""
    order = await found(key)
    return len(order.items)  # error: [detached-instance-access]


async def loaded_before_the_end(key: int) -> int:
    """What was loaded stays readable."""
    order = await loaded(key)
    return len(order.items)


async def committed_by_the_decorator(key: int) -> int:
    """Fails: the decorator commits after the call."""
    async with expiring() as session:
        order = await session.get_one(Order, key)
        order = await touched(session, order)
        return order.id  # error: [expired-attribute-access]


async def through_partial(key: int) -> int:
    """Fails: `functools.partial` keeps the session for later."""
    async with factory() as session:
        find = functools.partial(plain, session)
        order = await find(key)
        return len(order.items)  # error: [lazy-attribute-access]
