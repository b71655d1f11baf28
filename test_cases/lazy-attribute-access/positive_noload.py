"""Relationships mapped as `noload`: nothing is raised, and what is read is not what is stored."""

from noload_models import Member, Team
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def counted(session: AsyncSession) -> object:
    """A collection that is empty whatever the database has."""
    team = await session.get_one(Team, 1)
    return len(team.members)  # error: [lazy-attribute-access] gives an empty collection


async def tested(session: AsyncSession) -> object:
    """The branch is never taken."""
    team = (await session.scalars(select(Team))).one()
    return "some" if team.members else None  # error: [lazy-attribute-access]


async def reference(session: AsyncSession) -> object:
    """A reference that is always None."""
    member = (await session.scalars(select(Member))).first()
    assert member is not None
    return member.team  # error: [lazy-attribute-access] gives None


def _names(team: Team) -> list[int]:
    return [member.id for member in team.members]


async def handed_over(session: AsyncSession) -> object:
    """The helper reads what the query did not load."""
    team = await session.get_one(Team, 1)
    return _names(team)  # error: [lazy-attribute-access]


async def refreshed(session: AsyncSession) -> object:
    """A refresh that names nothing empties it again."""
    team = await session.get_one(Team, 1)
    team.members = list(await session.scalars(select(Member)))
    await session.commit()
    await session.refresh(team)
    return team.members  # error: [lazy-attribute-access]
