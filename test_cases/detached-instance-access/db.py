"""Session factories; the application binds them to its engine when it starts."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import async_sessionmaker

Keeping = async_sessionmaker(expire_on_commit=False)
Expiring = async_sessionmaker()
