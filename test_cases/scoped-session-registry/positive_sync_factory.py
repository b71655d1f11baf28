"""A synchronous registry in a module that works with the asyncio extension."""

from collections.abc import AsyncIterator

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import scoped_session, sessionmaker

AsyncFactory = async_sessionmaker(expire_on_commit=False)
SyncFactory = sessionmaker(expire_on_commit=False)
LegacySession = scoped_session(SyncFactory)  # error: [scoped-session-registry]


async def get_session() -> AsyncIterator[AsyncSession]:
    """The new way."""
    async with AsyncFactory() as session:
        yield session


async def legacy_ping() -> int:
    """All tasks run in one thread, so they share the session of the thread."""
    return LegacySession.execute(text("select 1")).scalar_one()
