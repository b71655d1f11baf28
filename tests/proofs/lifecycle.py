"""What proofs about engines, sessions and lifespans have in common.

`watched_engines` sends every engine that a fixture builds to a database of the proof and
counts its connections; load the fixtures inside of it. `running` speaks the ASGI lifespan
protocol by hand, `connections_left` says what a piece of work did not give back.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any
from unittest.mock import patch

import httpx
import sqlalchemy
import sqlalchemy.ext.asyncio
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlalchemy.orm import sessionmaker

from tests.proofs.harness import Env

TABLES = (
    "create table orders (id integer, archived boolean, email varchar(40))",
    "create table customers (id integer)",
    "create table hits (path varchar(40))",
    "create table failures (path varchar(40))",
)


@dataclass
class Watched:
    """One engine that a fixture built, and what became of it."""

    engine: sqlalchemy.Engine
    opened: int = 0
    closed: int = 0
    disposed: int = 0

    @property
    def still_open(self) -> int:
        """Connections that the database still has from this engine."""
        return self.opened - self.closed


@dataclass
class Watch:
    """All engines that were built while the fixtures ran."""

    made: list[Watched] = field(default_factory=list)

    def add(self, engine: sqlalchemy.Engine) -> None:
        """Begin to count; the reference also keeps the garbage collector away."""
        watched = Watched(engine)
        self.made.append(watched)

        def opened(*_: object) -> None:
            watched.opened += 1

        def closed(*_: object) -> None:
            watched.closed += 1

        def disposed(_: object) -> None:
            watched.disposed += 1

        event.listen(engine.pool, "connect", opened)
        event.listen(engine.pool, "close", closed)
        event.listen(engine, "engine_disposed", disposed)

    def still_open(self) -> int:
        """Connections of all engines that nobody closed."""
        return sum(watched.still_open for watched in self.made)

    def undisposed(self) -> int:
        """Engines that nobody disposed."""
        return sum(not watched.disposed for watched in self.made)


@contextmanager
def watched_engines(env: Env, url: str = "", fixture: ModuleType | None = None) -> Iterator[Watch]:
    """Engines of `fixture`, or of what is loaded inside the block, go to one database and are counted."""
    database = url or env.sqlite()
    synchronous = f"sqlite:///{env.tmp}/synchronous.sqlite"
    watch = Watch()
    build, build_sync = sqlalchemy.ext.asyncio.create_async_engine, sqlalchemy.create_engine

    def create_async(_: object, **options: Any) -> AsyncEngine:
        engine = build(database, **options)
        watch.add(engine.sync_engine)
        return engine

    def create_sync(_: object, **options: Any) -> sqlalchemy.Engine:
        engine = build_sync(synchronous, **options)
        watch.add(engine)
        return engine

    def from_config(config: dict[str, Any], prefix: str = "sqlalchemy.", **options: Any) -> Any:
        return create_sync(config[f"{prefix}url"], **options)

    def async_from_config(config: dict[str, Any], prefix: str = "sqlalchemy.", **options: Any) -> Any:
        return create_async(config[f"{prefix}url"], **options)

    with (
        patch.dict(
            vars(fixture) if fixture else {},
            {"create_async_engine": create_async, "create_engine": create_sync},
        ),
        patch.object(sqlalchemy.ext.asyncio, "create_async_engine", create_async),
        patch.object(sqlalchemy.ext.asyncio, "async_engine_from_config", async_from_config),
        patch.object(sqlalchemy, "create_engine", create_sync),
        patch.object(sqlalchemy, "engine_from_config", from_config),
    ):
        yield watch


async def prepare(env: Env, url: str) -> str:
    """Make the tables that the fixtures mention; hands the URL back."""
    engine = env.engine(url)
    async with engine.begin() as connection:
        for table in TABLES:
            await connection.execute(text(table))
    await engine.dispose()
    return url


async def dispose_all(watch: Watch) -> None:
    """Give back what the fixtures kept, so that the next proof starts clean."""
    for watched in watch.made:
        if watched.engine.dialect.is_async:
            await AsyncEngine(watched.engine).dispose()
        else:
            watched.engine.dispose()


def bind_factories(engine: AsyncEngine, *modules: ModuleType) -> None:
    """Give the engine to every session factory of the modules."""
    for value in [value for module in modules for value in vars(module).values()]:
        if isinstance(value, async_sessionmaker | sessionmaker):
            value.configure(bind=engine)


# -- applications -------------------------------------------------------------------


class LifespanFailed(Exception):
    """The app answered `startup.failed` or `shutdown.failed`."""


@asynccontextmanager
async def running(app: Callable[..., Awaitable[None]]) -> AsyncIterator[None]:
    """Start the app up and shut it down as a server does."""
    inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    server = asyncio.create_task(_served(app(scope, inbox.get, outbox.put)))

    async def phase(name: str) -> None:
        await inbox.put({"type": f"lifespan.{name}"})
        answer = await asyncio.wait_for(outbox.get(), 10)
        if answer["type"] != f"lifespan.{name}.complete":
            raise LifespanFailed(answer.get("message", answer["type"]))

    try:
        await phase("startup")
        yield
        await phase("shutdown")
    finally:
        await server


async def _served(app: Awaitable[None]) -> None:
    with suppress(Exception):  # the app has told the server before it raised
        await app


async def request(app: FastAPI, path: str, method: str = "GET") -> httpx.Response:
    """One request; exceptions of the app become a 500 like in a server."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://proof") as client:
        return await client.request(method, path)


# -- calls --------------------------------------------------------------------------


def functions_of(module: ModuleType) -> list[FunctionType]:
    """Public coroutine functions that the module defines, in order."""
    return [
        value
        for name, value in vars(module).items()
        if isinstance(value, FunctionType)
        and value.__module__ == module.__name__
        and inspect.iscoroutinefunction(value)
        and not name.startswith("_")
    ]


async def call(function: Callable[..., Any], **supply: object) -> object:
    """Call with those of the arguments that the function takes."""
    wanted = inspect.signature(function).parameters
    answer = function(**{name: value for name, value in supply.items() if name in wanted})
    return await answer if inspect.isawaitable(answer) else answer


async def connections_left(engine: AsyncEngine, work: Callable[[], Awaitable[object]]) -> int:
    """Connections that the work took and did not give back, those the garbage collector took included."""
    gc.collect()  # leftovers of other work do not count
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        await work()
        gc.collect()
        await asyncio.sleep(0)
    collected = sum("non-checked-in connection" in str(warning.message) for warning in caught)
    pool: Any = engine.pool
    return int(pool.checkedout()) + collected


async def never_awaited(work: Callable[[], object]) -> list[str]:
    """Names of the coroutines that the work built and dropped."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = work()
        if inspect.isawaitable(answer):
            await answer
        del answer
        gc.collect()
    texts = [str(warning.message) for warning in caught if issubclass(warning.category, RuntimeWarning)]
    return [message.split("'")[1] for message in texts if "was never awaited" in message]
