import asyncio

import anyio
from models import Item
from queries import count_items, item_names
from sqlalchemy.ext.asyncio import AsyncSession


async def lock_around_every_use(session: AsyncSession, ids: list[int]) -> None:
    """The lock lets one task at a time use the session."""
    lock = asyncio.Lock()

    async def load(item_id: int) -> Item | None:
        async with lock:
            return await session.get(Item, item_id)

    await asyncio.gather(*[load(item_id) for item_id in ids])


async def semaphore_of_one(session: AsyncSession, ids: list[int]) -> None:
    """A semaphore of one is a lock."""
    semaphore = asyncio.Semaphore(1)

    async def load(item_id: int) -> Item | None:
        async with semaphore:
            return await session.get(Item, item_id)

    await asyncio.gather(*[load(item_id) for item_id in ids])


async def guarded(lock: asyncio.Lock, session: AsyncSession, item_id: int) -> Item | None:
    async with lock:
        return await session.get(Item, item_id)


async def lock_handed_on(session: AsyncSession, ids: list[int]) -> None:
    """All workers have the same lock."""
    lock = asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        for item_id in ids:
            group.create_task(guarded(lock, session, item_id))


async def both_arms_locked(session: AsyncSession) -> None:
    """Two coroutines, one lock."""
    lock = asyncio.Lock()

    async def total() -> int:
        async with lock:
            return await count_items(session)

    async def names() -> list[str]:
        async with lock:
            return await item_names(session)

    await asyncio.gather(total(), names())


class Writer:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.lock = asyncio.Lock()

    async def load(self, item_id: int) -> Item | None:
        async with self.lock:
            return await self.session.get(Item, item_id)

    async def load_all(self, ids: list[int]) -> None:
        """The object guards its session with its own lock."""
        await asyncio.gather(*[self.load(item_id) for item_id in ids])


async def anyio_lock(session: AsyncSession, ids: list[int]) -> None:
    """anyio's lock does the same."""
    lock = anyio.Lock()

    async def load(item_id: int) -> None:
        async with lock:
            await session.get(Item, item_id)

    async with anyio.create_task_group() as group:
        for item_id in ids:
            group.start_soon(load, item_id)


async def parent_takes_the_lock(session: AsyncSession) -> int:
    """Task and parent take turns."""
    lock = asyncio.Lock()

    async def total() -> int:
        async with lock:
            return await count_items(session)

    counting = asyncio.create_task(total())
    async with lock:
        await session.get(Item, 1)
    return await counting
