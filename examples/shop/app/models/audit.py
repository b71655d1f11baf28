"""Who did what."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Entity


class AuditEntry(Entity):
    """One thing that happened."""

    __tablename__ = "audit_entries"

    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
