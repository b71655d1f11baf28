"""SQLModel with options, eager defaults, or without relationships."""

from typing import Any

from sqlalchemy.orm import selectinload
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from sql_models import Team


async def loaded(session: AsyncSession) -> list[int]:
    """Loaded by an option."""
    teams = (await session.exec(select(Team).options(selectinload(Team.heroes)))).all()  # type: ignore[arg-type]  # SQLModel's annotation
    return [len(team.heroes) for team in teams]


async def mapped_eager(session: AsyncSession, team_id: int) -> int:
    """`sa_relationship_kwargs` from a constant."""
    team = await session.get_one(Team, team_id)
    return len(team.fans)


async def dumped(session: AsyncSession, team_id: int) -> dict[str, Any]:
    """`repr` and `model_dump()` leave relationships out."""
    team = await session.get_one(Team, team_id)
    return {"text": repr(team), **team.model_dump()}
