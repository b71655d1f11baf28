"""Jobs of a scheduler."""

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.repository import OrderRepository


async def repository(factory: async_sessionmaker[AsyncSession]) -> OrderRepository:
    """Builds a repository on a session that is closed on return."""
    async with factory() as session:
        return OrderRepository(session)  # error: [unmanaged-session]


async def late(factory: async_sessionmaker[AsyncSession]) -> int:
    """Uses it after its block."""
    async with factory() as session:
        orders = OrderRepository(session)
    return await orders.count()  # error: 18 [unmanaged-session]


async def in_time(factory: async_sessionmaker[AsyncSession]) -> int:
    """Uses it inside."""
    async with factory() as session:
        return await OrderRepository(session).count()
