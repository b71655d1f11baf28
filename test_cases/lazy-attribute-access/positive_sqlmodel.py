"""SQLModel: `Relationship()` is lazy like any other."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from sql_models import Hero, Team


async def executed(session: AsyncSession, team_id: int) -> list[str]:
    """`exec()` gives scalars."""
    team = (await session.exec(select(Team).where(Team.id == team_id))).one()
    return [hero.name for hero in team.heroes]  # error: [lazy-attribute-access] "heroes"


async def executed_all(session: AsyncSession) -> list[str]:
    """A comprehension over the reference."""
    heroes = (await session.exec(select(Hero))).all()
    return [hero.team.name for hero in heroes if hero.team]  # error: [lazy-attribute-access] "team"


async def got(session: AsyncSession, team_id: int) -> int:
    """`get()`."""
    team = await session.get(Team, team_id)
    return len(team.heroes) if team else 0  # error: [lazy-attribute-access] "heroes"
