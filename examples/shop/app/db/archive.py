"""Orders of past years, in a database of their own."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ..settings import Settings


def open_archive(settings: Settings) -> AsyncEngine:
    """Engine on the archive."""
    return create_async_engine(settings.archive_url)  # error: [request-scoped-engine]
