"""The asynchronous interface, and functions that it runs."""

from models import Base, Item
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session


async def awaited(session: AsyncSession) -> list[str]:
    """The asynchronous session."""
    return list(await session.scalars(select(Item.name)))


def _names(session: Session) -> list[str]:
    return list(session.scalars(select(Item.name)))


async def run_sync(session: AsyncSession) -> list[str]:
    """A function of the synchronous session, run for the asynchronous one."""
    return await session.run_sync(_names)


async def run_sync_lambda(session: AsyncSession) -> list[str]:
    """The same with a lambda."""
    return await session.run_sync(lambda inner: _names(inner))


async def schema(engine: AsyncEngine) -> None:
    """DDL through the asynchronous connection."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


async def opened(factory: async_sessionmaker[AsyncSession]) -> Item | None:
    """The asynchronous factory."""
    async with factory() as session:
        return await session.get(Item, 1)
