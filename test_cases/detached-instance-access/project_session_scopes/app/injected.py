"""Objects that are given what makes their sessions: its annotation says what a call gives."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.models import Agent

SessionMaker = Callable[..., AsyncSession]


class Agents:
    """Opens a session for every question."""

    def __init__(self, session_maker: Callable[..., AsyncSession]) -> None:
        self.session_maker = session_maker

    async def kernels(self, agent_id: int) -> int:
        async with self.session_maker() as session:
            agent = await session.scalar(select(Agent).where(Agent.id == agent_id))
        assert agent is not None
        return len(agent.kernels)  # error: [detached-instance-access] "kernels"

    async def kernels_loaded(self, agent_id: int) -> int:
        statement = select(Agent).where(Agent.id == agent_id).options(selectinload(Agent.kernels))
        async with self.session_maker() as session:
            agent = await session.scalar(statement)
        assert agent is not None
        return len(agent.kernels)

    async def name(self, agent_id: int) -> str:
        """Whether the commit expires it, the annotation does not say."""
        async with self.session_maker() as session:
            agent = await session.get_one(Agent, agent_id)
            await session.commit()
        return agent.name


async def kernels_of(make: SessionMaker, agent_id: int) -> int:
    async with make() as session:
        agent = await session.get_one(Agent, agent_id)
    return len(agent.kernels)  # error: [detached-instance-access] "kernels"
