"""The shop's own database."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from ..settings import Settings


def build_engine(settings: Settings) -> AsyncEngine:
    """New engine; the caller owns it and disposes it."""
    return create_async_engine(settings.database_url, pool_pre_ping=True)


def build_session_factory(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Factory whose sessions keep what they loaded after a commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
