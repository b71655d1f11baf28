"""Session factory on a fresh engine for each call."""

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from .engines import create_engine


def create_session_maker() -> async_sessionmaker[AsyncSession]:
    """Not cached: each call is a pool."""
    engine = create_engine()
    return async_sessionmaker(engine, expire_on_commit=False)
