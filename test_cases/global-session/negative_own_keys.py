"""Registries in which everybody finds only what belongs to the session, or to the task, that he has."""

import asyncio
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

factory = async_sessionmaker(expire_on_commit=False)


class Counter:
    """Keeps the session that it was made with."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def count(self) -> int:
        """Uses it."""
        return (await self.session.execute(text("select 1"))).scalar_one()


_counters: dict[int, Counter] = {}
_weak: WeakKeyDictionary[AsyncSession, Counter] = WeakKeyDictionary()
_of_tasks: dict[Any, AsyncSession] = {}


def counter_of(session: AsyncSession) -> Counter:
    """One for each session."""
    key = id(session)
    if key not in _counters:
        _counters[key] = Counter(session)
    return _counters[key]


def weak_counter_of(session: AsyncSession) -> Counter:
    """Under the session itself."""
    if session not in _weak:
        _weak[session] = Counter(session)
    return _weak[session]


async def count_in_task() -> int:
    """Under the task that runs."""
    task = asyncio.current_task()
    async with factory() as session:
        _of_tasks[task] = session
        try:
            return (await _of_tasks[task].execute(text("select 1"))).scalar_one()
        finally:
            del _of_tasks[task]


async def get_session():
    """One session for one request."""
    async with factory() as session:
        yield session


app = FastAPI()


@app.get("/count")
async def count(session: Annotated[AsyncSession, Depends(get_session)]) -> int:
    """Two objects and two sessions, all of this request."""
    counters = await counter_of(session).count() + await weak_counter_of(session).count()
    return counters + await count_in_task()
