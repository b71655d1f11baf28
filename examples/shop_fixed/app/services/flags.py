"""Features that are switched on for some time."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Flag


async def is_enabled(session: AsyncSession, name: str) -> bool:
    """Whether a feature is on."""
    flag = await session.get(Flag, name)
    return flag is not None and flag.enabled
