"""Loops over rows and saves them one by one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from record import Instance

Factory = async_sessionmaker()


class InstanceService:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def stop(self, instance: Instance) -> None:
        await instance.update(self.session, state="stopped")


async def stop_all() -> list[str]:
    """Fails: saving one row expires the next one."""
    stopped = []
    async with Factory() as session:
        service = InstanceService(session)
        for instance in (await session.scalars(select(Instance))).all():
            stopped.append(instance.name)  # error: [expired-attribute-access] "name"
            await service.stop(instance)
    return stopped


async def stop_all_by_key() -> list[str]:
    """Every row is fetched in its own turn."""
    stopped = []
    async with Factory() as session:
        for key in (await session.scalars(select(Instance.id))).all():
            instance = await session.get_one(Instance, key)
            stopped.append(instance.name)
            await instance.update(session, state="stopped")
    return stopped


async def stop_one(instance_id: int) -> str:
    """`update()` refreshes the row itself."""
    async with Factory() as session:
        instance = await session.get_one(Instance, instance_id)
        await InstanceService(session).stop(instance)
        return instance.name


async def saved(instance_id: int) -> str:
    """Fails: `save()` does not refresh."""
    async with Factory() as session:
        instance = await session.get_one(Instance, instance_id)
        instance.state = "stopped"
        await instance.save(session)
        return instance.name  # error: [expired-attribute-access] "name"


async def compared(instance_id: int) -> bool:
    """Fails: the other row is expired by the save of the first."""
    async with Factory() as session:
        first, second = (await session.scalars(select(Instance).order_by(Instance.id))).all()
        await first.update(session, state="stopped")
        return first.state == second.state  # error: [expired-attribute-access] "state"
