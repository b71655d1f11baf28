"""Services without a session of their own, and the functions that hand them out."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from .models import Team


class TeamService:
    async def find(self, session: AsyncSession, name: str) -> Team:
        return (await session.scalars(select(Team).where(Team.name == name))).one()

    async def find_whole(self, session: AsyncSession, name: str) -> Team:
        statement = select(Team).where(Team.name == name).options(selectinload(Team.members))
        return (await session.scalars(statement)).one()


class Clock:
    """Has nothing to do with sessions."""

    def now(self) -> int:
        return 0


_service: TeamService | None = None
_ready = TeamService()


def get_service() -> TeamService:
    global _service
    if _service is None:
        _service = TeamService()
    return _service


def new_service():  # type: ignore[no-untyped-def]
    return TeamService()


def ready_service():  # type: ignore[no-untyped-def]
    return _ready


def get_clock() -> Clock:
    return Clock()
