"""Every method opens a session of its own."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.database import Database, async_session_factory, expiring_scope, session_scope
from app.models import Agent


class AgentRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, agent_id: int) -> Agent:
        async with self._db.begin_readonly_session() as session:
            return (await session.scalars(select(Agent).where(Agent.id == agent_id))).one()

    async def get_with_kernels(self, agent_id: int) -> Agent:
        async with self._db.begin_readonly_session() as session:
            statement = select(Agent).where(Agent.id == agent_id).options(selectinload(Agent.kernels))
            return (await session.scalars(statement)).one()


async def scoped_agent(agent_id: int) -> Agent:
    async with session_scope() as session:
        return await session.get_one(Agent, agent_id)


async def renamed_agent(agent_id: int, name: str) -> Agent:
    async with expiring_scope() as session:
        agent = await session.get_one(Agent, agent_id)
        agent.name = name
        return agent


repository = AgentRepository(Database(async_session_factory))
