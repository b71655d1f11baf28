"""Relationships mapped as `noload` that are loaded, set, added to, or not wanted."""

from noload_models import Member, Team
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import noload, selectinload


async def loaded(session: AsyncSession) -> int:
    """The option wins over the mapping."""
    team = (await session.scalars(select(Team).options(selectinload(Team.members)))).one()
    return len(team.members)


async def loaded_by_get(session: AsyncSession) -> int:
    """The same for `get`."""
    team = await session.get_one(Team, 1, options=[selectinload(Team.members)])
    return len(team.members)


async def named_in_a_refresh(session: AsyncSession) -> int:
    """Naming it in a refresh loads nothing either, but it was asked for by name."""
    team = await session.get_one(Team, 1)
    await session.refresh(team, ["members"])
    return len(team.members)


async def added(session: AsyncSession) -> None:
    """Adding needs nothing of what is there."""
    team = await session.get_one(Team, 1)
    team.members.append(Member())
    await session.commit()


async def assigned(session: AsyncSession) -> int:
    """What was assigned is there."""
    team = await session.get_one(Team, 1)
    team.members = [Member(), Member()]
    return len(team.members)


async def created(session: AsyncSession) -> int:
    """A new object has what it was given."""
    team = Team(id=2)
    session.add(team)
    await session.flush()
    return len(team.members)


async def chosen(session: AsyncSession) -> int:
    """The query says itself that it wants none."""
    team = (await session.scalars(select(Team).options(noload(Team.members)))).one()
    return len(team.members)
