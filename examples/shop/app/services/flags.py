"""Features that are switched on for some time."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from ..models import Flag

_session: AsyncSession | None = None


async def is_enabled(factory: async_sessionmaker[AsyncSession], name: str) -> bool:
    """Whether a feature is on; asked often, so the session is kept."""
    global _session
    if _session is None:
        _session = factory()  # error: [global-session]
    flag = await _session.get(Flag, name)
    return flag is not None and flag.enabled
