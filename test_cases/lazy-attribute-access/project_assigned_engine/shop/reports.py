from sqlalchemy.orm import selectinload

from shop.db import open_session
from shop.models import Order


async def fails(key: int) -> int:
    """Fails: the collection is not loaded."""
    async with open_session() as session:
        order = await session.get_one(Order, key)
        return len(order.items)  # error: [lazy-attribute-access]


async def works(key: int) -> int:
    """The option loads it."""
    async with open_session() as session:
        order = await session.get_one(Order, key, options=[selectinload(Order.items)])
        return len(order.items)
