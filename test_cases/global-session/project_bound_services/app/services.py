"""Service singletons."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


class DatabaseService:
    """Waits for a session."""

    def __init__(self) -> None:
        self._session: AsyncSession | None = None

    def bind_session(self, session: AsyncSession) -> None:
        """Stores it for the calls to come."""
        self._session = session

    async def count(self) -> int:
        """Uses the session that was bound last."""
        assert self._session is not None
        return (await self._session.execute(text("select 1"))).scalar_one()


job_service = DatabaseService()
template_service = DatabaseService()
SERVICES = (job_service, template_service)
