"""The manager that many FastAPI templates have."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


class SessionManager:
    """Engine and factory of the process."""

    def __init__(self, url: str) -> None:
        self._engine: AsyncEngine | None = create_async_engine(url)
        self._factory = async_sessionmaker(self._engine, expire_on_commit=False)

    async def close(self) -> None:
        """Ends the life of the engine."""
        if self._engine is None:
            raise RuntimeError("the manager is closed already")
        await self._engine.dispose()
        self._engine = None

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One session for one unit of work."""
        async with self._factory() as session:
            yield session


session_manager = SessionManager(DATABASE_URL)
