"""Engines of the process."""

from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

engine = create_async_engine(DATABASE_URL)
replica = create_async_engine(DATABASE_URL)
archive = create_async_engine(DATABASE_URL)
session_factory = async_sessionmaker(engine, expire_on_commit=False)


async def dispose_replica() -> None:
    """Called by the lifespan."""
    await replica.dispose()
