"""Engine, and a function to dispose it that nobody calls."""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

engine = create_async_engine(DATABASE_URL)
session_factory = async_sessionmaker(engine, expire_on_commit=False)


async def close_database() -> None:
    """Meant for the shutdown."""
    await engine.dispose()


async def get_session() -> AsyncIterator[AsyncSession]:
    """One session per request."""
    async with session_factory() as session:
        yield session
