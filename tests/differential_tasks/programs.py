"""Generated programs whose tasks share a session, or do not.

Each is the body of `program(flag, mode)`, which opens its sessions or is a path operation that is given
them. Tasks are started in every way, by arms that use the session `s`, another session, one of their own
or none; the owner goes on meanwhile, or waits.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from hypothesis import strategies as st

PRELUDE = """\
import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker(expire_on_commit=False)
QUERY = text("select 1")


async def use(session: AsyncSession) -> None:
    await session.execute(QUERY)


async def twice(session: AsyncSession) -> None:
    await session.execute(QUERY)
    await use(session)


async def fresh() -> None:
    async with Sessions() as own:
        await own.execute(QUERY)


async def idle() -> None:
    await asyncio.sleep(0)


async def locked(lock: asyncio.Lock, session: AsyncSession) -> None:
    async with lock:
        await session.execute(QUERY)


async def limited(limit: asyncio.Semaphore, session: AsyncSession) -> None:
    async with limit:
        await use(session)


async def maybe(session: AsyncSession, flag: bool) -> None:
    if flag:
        await session.execute(QUERY)


class Service:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def run(self) -> None:
        await self.session.execute(QUERY)

    async def quiet(self) -> None:
        await asyncio.sleep(0)

    async def pair(self) -> None:
        await asyncio.gather(self.run(), self.quiet())
"""
OWNED = """

async def program(flag: bool, mode: bool) -> None:
    async with Sessions() as s, Sessions() as other:
"""
"""The program opens its sessions itself."""

INJECTED = """

app = FastAPI()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with Sessions() as session:
        yield session


async def get_other() -> AsyncIterator[AsyncSession]:
    async with Sessions() as session:
        yield session


@app.get("/")
async def program(
    flag: bool,
    mode: bool,
    s: Annotated[AsyncSession, Depends(get_session)],
    other: Annotated[AsyncSession, Depends(get_other)],
) -> None:
    try:
"""
"""The program is a path operation; whoever runs it gives it its sessions."""

_SETUP = """\
lock, one, two = asyncio.Lock(), asyncio.Semaphore(1), asyncio.Semaphore(2)
service = Service(s)


async def closure() -> None:
    await s.execute(QUERY)


"""

ARMS = (
    "use(s)",
    "twice(s)",
    "service.run()",
    "service.pair()",
    "closure()",
    "s.execute(QUERY)",
    "partial(use, s)()",
    "maybe(s, mode)",
    "maybe(s, False)",
    "locked(lock, s)",
    "limited(one, s)",
    "limited(two, s)",
    "use(other)",
    "fresh()",
    "idle()",
    "service.quiet()",
)
"""Coroutines that a task may run."""
UNLOCKED = tuple(arm for arm in ARMS if not arm.startswith(("locked", "limited(one")))
_USES = (*(f"await {arm}" for arm in ARMS), "pass")

Lines = list[str]


def _indented(lines: Lines) -> Lines:
    return [f"    {line}" for line in lines]


class _Maker:
    """Draws statements; every task has a name of its own."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.names = 0

    def arm(self) -> str:
        return self.draw(st.sampled_from(ARMS))

    def arms(self, least: int, most: int) -> list[str]:
        return [self.arm() for _ in range(self.draw(st.integers(least, most)))]

    def name(self) -> str:
        self.names += 1
        return f"task{self.names}"

    def block(self, depth: int, most: int = 3) -> Lines:
        count = self.draw(st.integers(1, most))
        return [line for _ in range(count) for line in self.statement(depth)]

    def statement(self, depth: int) -> Lines:
        simple = (self.use, self.gather, self.many, self.wait, self.completed, self.single, self.collected)
        nested = (self.group, self.task, self.branch, self.loop, self.guarded)
        chosen: Callable[[int], Lines] = self.draw(st.sampled_from((*simple, *(nested if depth < 2 else ()))))
        return chosen(depth)

    def use(self, _: int) -> Lines:
        return [self.draw(st.sampled_from(_USES))]

    def gather(self, _: int) -> Lines:
        return [f"await asyncio.gather({', '.join(self.arms(1, 3))})"]

    def many(self, _: int) -> Lines:
        return [f"await asyncio.gather(*[{self.arm()} for _ in range(2)])"]

    def wait(self, _: int) -> Lines:
        tasks = ", ".join(f"asyncio.create_task({arm})" for arm in self.arms(1, 2))
        return [f"await asyncio.wait([{tasks}])"]

    def completed(self, _: int) -> Lines:
        return [f"for each in asyncio.as_completed([{', '.join(self.arms(1, 2))}]):", "    await each"]

    def single(self, _: int) -> Lines:
        arm = self.arm()
        return [
            self.draw(st.sampled_from((f"await asyncio.wait_for({arm}, 60)", f"await asyncio.shield({arm})")))
        ]

    def collected(self, _: int) -> Lines:
        name = self.name()
        return [
            f"{name} = []",
            "for _ in range(2):",
            f"    {name}.append(asyncio.ensure_future({self.arm()}))",
            f"await asyncio.gather(*{name})",
        ]

    def group(self, depth: int) -> Lines:
        name = self.name()
        started = [f"{name}.create_task({arm})" for arm in self.arms(1, 2)]
        meanwhile = self.block(depth + 1, 1) if self.draw(st.booleans()) else []
        return [f"async with asyncio.TaskGroup() as {name}:", *_indented([*started, *meanwhile])]

    def task(self, depth: int) -> Lines:
        """A task that is awaited later or never; a fair lock would put an order into the latter."""
        name = self.name()
        awaited = self.draw(st.integers(0, 5)) > 0
        arm = self.draw(st.sampled_from(ARMS if awaited else UNLOCKED))
        meanwhile = self.block(depth + 1, 2) if self.draw(st.booleans()) else []
        return [f"{name} = asyncio.create_task({arm})", *meanwhile, *([f"await {name}"] if awaited else [])]

    def branch(self, depth: int) -> Lines:
        lines = ["if flag:", *_indented(self.block(depth + 1, 2))]
        return [*lines, "else:", *_indented(self.block(depth + 1, 2))] if self.draw(st.booleans()) else lines

    def loop(self, depth: int) -> Lines:
        return ["for _ in range(2):", *_indented(self.block(depth + 1, 2))]

    def guarded(self, depth: int) -> Lines:
        return [
            "try:",
            *_indented(self.block(depth + 1, 2)),
            "finally:",
            *_indented(self.block(depth + 1, 1)),
        ]


@st.composite
def programs(draw: st.DrawFn) -> str:
    """The source of one module."""
    head = draw(st.sampled_from((OWNED, INJECTED)))
    return module("\n".join(_Maker(draw).block(0)), head)


def module(body: str, head: str = OWNED) -> str:
    """The whole source around a body."""
    end = "    finally:\n        pass\n" if head == INJECTED else ""
    return PRELUDE + head + textwrap.indent(_SETUP + body, " " * 8) + "\n" + end
