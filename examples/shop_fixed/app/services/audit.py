"""The audit trail, written outside the transaction of the request."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from ..models import AuditEntry
from ..schemas.reports import AuditLine


class AuditTrail:
    """Remembers who did what."""

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        """Trail that stores its entries with sessions of `factory`."""
        self.factory = factory

    async def record(self, action: str, subject: str) -> None:
        """Store one entry at once."""
        async with self.factory() as session:
            session.add(AuditEntry(action=action, subject=subject))
            await session.commit()

    async def recent(self) -> list[AuditLine]:
        """The twenty newest entries."""
        async with self.factory() as session:
            entries = await session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(20))
            return [AuditLine(action=entry.action, subject=entry.subject) for entry in entries]
