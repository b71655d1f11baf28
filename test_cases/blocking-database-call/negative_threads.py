"""Waiting in another thread leaves the loop alone."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from database import factory
from fastapi.concurrency import run_in_threadpool
from models import Item
from sqlalchemy import select
from sqlalchemy.orm import Session


def count_items() -> int:
    with factory() as session:
        return len(session.execute(select(Item)).all())


def count_in(session: Session) -> int:
    return len(session.execute(select(Item)).all())


async def to_thread() -> int:
    """`asyncio.to_thread`."""
    return await asyncio.to_thread(count_items)


async def session_in_a_thread() -> int:
    """The session is made here, where nothing waits, and used there."""
    session = factory()
    try:
        return await asyncio.to_thread(count_in, session)
    finally:
        await asyncio.to_thread(session.close)


async def threadpool() -> int:
    """Starlette's pool."""
    return await run_in_threadpool(count_items)


async def executor() -> int:
    """The executor of the loop, with a lambda."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, lambda: count_items())


class Store:
    """Asks the database when it is made."""

    def __init__(self) -> None:
        self.count = count_items()

    def counted(self) -> int:
        return self.count


class Lazy:
    """Makes the store where it is first asked for."""

    @property
    def store(self) -> Store:
        return Store()

    async def counted(self) -> int:
        """What the lambda reads is read in the thread too."""
        return await asyncio.to_thread(lambda: self.store.counted())


async def property_in_a_thread() -> int:
    """The object before the dot is made there."""
    return await Lazy().counted()


async def own_executor() -> int:
    """An executor of one's own."""
    with ThreadPoolExecutor() as pool:
        return await asyncio.wrap_future(pool.submit(count_items))
