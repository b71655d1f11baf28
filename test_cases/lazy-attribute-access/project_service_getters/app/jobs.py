"""Where the members are read."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from .database import ReadSession, WriteSession, database, session_scope
from .repositories import TeamRepository, WholeTeamRepository
from .services import get_clock, get_service, new_service, ready_service


async def through_a_global(session: AsyncSession, name: str) -> int:
    team = await get_service().find(session, name)
    return len(team.members)  # error: [lazy-attribute-access] "members"


async def through_a_new_one(session: AsyncSession, name: str) -> int:
    team = await new_service().find(session, name)
    return len(team.members)  # error: [lazy-attribute-access] "members"


async def through_a_ready_one(session: AsyncSession, name: str) -> int:
    service = ready_service()
    team = await service.find(session, name)
    return len(team.members)  # error: [lazy-attribute-access] "members"


async def loaded_through_a_global(session: AsyncSession, name: str) -> int:
    """The service loads the members."""
    team = await get_service().find_whole(session, name)
    return len(team.members) + get_clock().now()


async def in_a_scope(name: str) -> int:
    async with session_scope() as session:
        team = await get_service().find(session, name)
        return len(team.members)  # error: [lazy-attribute-access] "members"


async def in_the_scope_of_an_object(name: str) -> int:
    async with database.scope() as session:
        team = await get_service().find(session, name)
        return len(team.members)  # error: [lazy-attribute-access] "members"


async def loaded_in_a_scope(name: str) -> int:
    """The members are loaded before the scope ends."""
    async with session_scope() as session:
        team = await get_service().find_whole(session, name)
    return len(team.members)


async def of_a_converted_session(session: AsyncSession, key: int) -> int:
    team = await TeamRepository(ReadSession(session)).get(key)
    return len(team.members)  # error: [lazy-attribute-access] "members"


async def mixins(session: ReadSession, key: int) -> int:
    team = await TeamRepository(session).get(key)
    return len(team.members)  # error: [lazy-attribute-access] "members"


async def type_of_a_type(session: WriteSession, key: int) -> int:
    team = await TeamRepository(session).get(key)
    return len(team.members)  # error: [lazy-attribute-access] "members"


async def loaded_by_a_mixin(session: AsyncSession, key: int) -> int:
    """One of the mixins adds the option; calling the new type gives the session back, it opens none."""
    team = await WholeTeamRepository(WriteSession(ReadSession(session))).get(key)
    return len(team.members)
