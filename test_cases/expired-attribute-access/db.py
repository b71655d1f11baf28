"""Session factories of both kinds; the application binds them when it starts."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import sessionmaker

Expiring = async_sessionmaker()
Keeping = async_sessionmaker(expire_on_commit=False)
Legacy = sessionmaker(class_=AsyncSession, expire_on_commit=False)
LegacyExpiring = sessionmaker(class_=AsyncSession, autoflush=False)
