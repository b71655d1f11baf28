"""SQLModel's own session and its `exec()`."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from sql_models import Team, TeamRead


async def validated(session: AsyncSession, team_id: int) -> TeamRead:
    """`exec()` gives scalars; `heroes` was not loaded."""
    found = (await session.exec(select(Team).where(Team.id == team_id))).one()
    return TeamRead.model_validate(found)  # error: [response-schema-lazy-field] "heroes"


async def validated_all(session: AsyncSession) -> list[TeamRead]:
    """Every element of the list."""
    return [TeamRead.model_validate(team) for team in await session.exec(select(Team))]  # error: [response-schema-lazy-field]
