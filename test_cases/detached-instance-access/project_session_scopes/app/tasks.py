"""Callers that get detached rows."""

from __future__ import annotations

from random import choice
from typing import Any

from app.database import async_session_factory, expiring_scope, session_scope
from app.injected import Agents, kernels_of
from app.models import Agent
from app.repository import AgentRepository, Database, renamed_agent, repository, scoped_agent


async def by_property(agent_id: int) -> int:
    """Fails: the property reads kernels the closed session did not load."""
    agent = await repository.get(agent_id)
    return agent.main_kernel.id  # error: [detached-instance-access] "kernels"


async def by_property_loaded(agent_id: int) -> int:
    """The other method loads them."""
    agent = await repository.get_with_kernels(agent_id)
    return agent.main_kernel.id


async def by_method(agent_id: int) -> dict[str, Any]:
    """Fails: so does `to_data()`."""
    agent = await AgentRepository(Database(async_session_factory)).get(agent_id)
    return agent.to_data()  # error: [detached-instance-access] "kernels"


async def by_method_loaded(agent_id: int) -> dict[str, Any]:
    """Loaded before the session was closed."""
    return (await repository.get_with_kernels(agent_id)).to_data()


async def scoped(agent_id: int) -> int:
    """Fails: the scope of the helper has ended."""
    agent = await scoped_agent(agent_id)
    return len(agent.kernels)  # error: [detached-instance-access] "kernels"


async def scoped_column(agent_id: int) -> str:
    """The scope keeps columns across its commit."""
    agent = await scoped_agent(agent_id)
    return agent.name


async def renamed(agent_id: int) -> str:
    """Fails: the expiring scope commits when it ends."""
    agent = await renamed_agent(agent_id, "new")
    return agent.name  # error: [detached-instance-access] "name"


async def scope_in_place(agent_id: int) -> int:
    """Fails: read one line below the scope."""
    async with session_scope() as session:
        agent = await session.get_one(Agent, agent_id)
    return len(agent.kernels)  # error: [detached-instance-access] "kernels"


async def expiring_in_place(agent_id: int) -> str:
    """Fails: committed and closed."""
    async with expiring_scope() as session:
        agent = await session.get_one(Agent, agent_id)
    return agent.name  # error: [detached-instance-access] "name"


async def read_in_the_scope(agent_id: int) -> str:
    """Read inside."""
    async with expiring_scope() as session:
        agent = await session.get_one(Agent, agent_id)
        return agent.name


async def refreshed_in_the_scope(agent_id: int) -> int:
    """Loaded inside."""
    async with session_scope() as session:
        agent = await session.get_one(Agent, agent_id)
        await session.refresh(agent, ["kernels"])
    return len(agent.kernels)


def _show(agent: Agent) -> str:
    return f"{agent.name}: {agent.to_data()}"


async def shown(agent_id: int) -> str:
    """Fails: a helper reads what nobody loaded."""
    agent = await repository.get(agent_id)
    return _show(agent)  # error: [detached-instance-access] "kernels"


_MAKERS = [async_session_factory, lambda: async_session_factory()]


async def given_a_maker(agent_id: int) -> int:
    """Fails: the session that the maker gives has ended."""
    return await Agents(choice(_MAKERS)).kernels(agent_id)


async def given_a_maker_loaded(agent_id: int) -> int:
    """Loaded before."""
    return await Agents(choice(_MAKERS)).kernels_loaded(agent_id)


async def name_by_a_maker(agent_id: int) -> str:
    """This maker keeps columns across a commit."""
    return await Agents(choice(_MAKERS)).name(agent_id)


async def handed_a_maker(agent_id: int) -> int:
    """Fails: so has this one."""
    return await kernels_of(choice(_MAKERS), agent_id)
