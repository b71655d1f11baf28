"""Runs a program under many schedules and tells whether two tasks ever use one session at once.

In place of sessions stand objects that note who is in them; how long an operation takes is drawn for
each schedule, so that whatever may run at the same time does in one of them. A use after the end of the
session's block counts as well: the session has been given back by then. On a cold pool the program also
runs with real sessions: what the schedules call safe must not fail there.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

SCHEDULES = 12
"""For each pair of arguments."""
_TURNS = (0, 0, 1, 2, 5, 40)
"""Of the event loop: how long an operation may take, and how long it may be in coming."""
_ARGUMENTS = tuple((flag, mode) for flag in (False, True) for mode in (False, True))


class _Schedule:
    """One way in which things may happen, and what was noticed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.shared = False

    async def pass_time(self) -> None:
        for _ in range(self.random.choice(_TURNS)):
            await asyncio.sleep(0)


class _Session:
    """Stands for a session."""

    def __init__(self, schedule: _Schedule) -> None:
        self._schedule = schedule
        self._inside: Counter[asyncio.Task[Any] | None] = Counter()
        self._closed = False

    @contextmanager
    def _used(self) -> Iterator[None]:
        task = asyncio.current_task()
        self._inside[task] += 1
        if len(+self._inside) > 1 or self._closed:
            self._schedule.shared = True
        try:
            yield
        finally:
            self._inside[task] -= 1

    async def execute(self, _: object) -> None:
        await self._schedule.pass_time()
        with self._used():
            await self._schedule.pass_time()

    async def __aenter__(self) -> _Session:
        return self

    async def __aexit__(self, *_: object) -> None:
        with self._used():
            self._closed = True


def may_share(source: str) -> bool:
    """Whether some schedule lets two tasks into one session, or one into a session that was closed."""
    return any(_shares(source, given, seed) for given in _ARGUMENTS for seed in range(SCHEDULES))


def _shares(source: str, given: tuple[bool, bool], seed: int) -> bool:
    schedule = _Schedule(seed)
    asyncio.run(_run(source, given, lambda: _Session(schedule)))
    return schedule.shared


def fails_when_cold(source: str) -> bool:
    """Whether the program fails with real sessions that have no connection yet."""

    async def attempt(given: tuple[bool, bool]) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        engine = create_async_engine("sqlite+aiosqlite://", poolclass=NullPool)
        try:
            await _run(source, given, async_sessionmaker(engine, expire_on_commit=False))
        finally:
            await engine.dispose()

    for given in _ARGUMENTS:
        try:
            asyncio.run(attempt(given))
        except Exception:  # noqa: BLE001 - any failure is what is asked for
            return True
    return False


@lru_cache(maxsize=1)
def _module(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(source, "program.py", "exec"), names)
    return names


async def _run(source: str, given: tuple[bool, bool], sessions: Any) -> None:
    names = _module(source)
    names["Sessions"] = sessions
    if "app" in names:
        async with sessions() as session, sessions() as other:
            await names["program"](*given, session, other)
    else:
        await names["program"](*given)
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for outcome in await asyncio.gather(*rest, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
