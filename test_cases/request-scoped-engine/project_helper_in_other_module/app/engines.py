"""Engine construction; nothing here says who calls it."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


def create_engine() -> AsyncEngine:
    """A project function that happens to be called like the one of SQLAlchemy."""
    return create_async_engine(DATABASE_URL, pool_pre_ping=True)  # error: [request-scoped-engine]
