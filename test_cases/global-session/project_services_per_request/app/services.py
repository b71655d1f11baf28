"""Service classes; what is shared is the factory."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


class DatabaseService:
    """Lives as long as its session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def bind_session(self, session: AsyncSession) -> None:
        """Replaces the session of this object only."""
        self._session = session

    async def count(self) -> int:
        """Uses its session."""
        return (await self._session.execute(text("select 1"))).scalar_one()


class Outbox:
    """A process-wide object that opens a session per call."""

    def __init__(self) -> None:
        self.session_factory: async_sessionmaker[AsyncSession] | None = None

    def bind(self, session_factory: async_sessionmaker[AsyncSession]) -> None:
        """Stores the factory."""
        self.session_factory = session_factory


outbox = Outbox()
