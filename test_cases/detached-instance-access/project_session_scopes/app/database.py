"""Sessions by context manager, by method, by generator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

async_session_factory = async_sessionmaker(expire_on_commit=False)
expiring_factory = async_sessionmaker()


@asynccontextmanager
async def session_scope() -> AsyncIterator[AsyncSession]:
    """Commits at the end; nothing expires."""
    async with async_session_factory() as session:
        try:
            yield session
            await session.commit()
        except BaseException:
            await session.rollback()
            raise


@asynccontextmanager
async def expiring_scope() -> AsyncIterator[AsyncSession]:
    """Commits at the end of an expiring session."""
    async with expiring_factory() as session, session.begin():
        yield session


class Database:
    """Holds the factory, hands out read-only sessions."""

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self._factory = factory

    @asynccontextmanager
    async def begin_readonly_session(self) -> AsyncIterator[AsyncSession]:
        async with self._factory() as session:
            yield session
