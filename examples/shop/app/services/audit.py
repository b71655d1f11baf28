"""The audit trail, written outside the transaction of the request."""

from __future__ import annotations

from asyncio import current_task

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_scoped_session, async_sessionmaker

from ..models import AuditEntry
from ..schemas.reports import AuditLine


class AuditTrail:
    """Remembers who did what."""

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        """Trail that stores its entries with sessions of `factory`."""
        self.sessions = async_scoped_session(factory, current_task)  # error: [scoped-session-registry]

    async def record(self, action: str, subject: str) -> None:
        """Store one entry at once."""
        self.sessions.add(AuditEntry(action=action, subject=subject))
        await self.sessions.commit()

    async def recent(self) -> list[AuditLine]:
        """The twenty newest entries."""
        entries = await self.sessions.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(20))
        return [AuditLine(action=entry.action, subject=entry.subject) for entry in entries]
