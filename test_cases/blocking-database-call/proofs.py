"""While a synchronous driver waits, the event loop does not turn.

Before every statement something is put into the loop's queue; a driver that waits in the
loop's thread answers before the loop gets to it, however quick the answer is. In a thread,
and in a coroutine of the asynchronous interface, the loop goes on.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import sqlite3
import threading
import typing
from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from tests.proofs.harness import Env

COMMENT = "# error: [blocking-database-call]"


class Watch:
    """Counts statements and connections for which the loop had to stand still."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.thread = threading.get_ident()
        self.turned = True
        self.seen = self.blocked = 0

    def before(self, *_: Any, **__: Any) -> None:
        self.seen += 1
        if threading.get_ident() == self.thread:
            self.turned = False
            self.loop.call_soon(self._turn)

    def after(self, *_: Any, **__: Any) -> None:
        if threading.get_ident() == self.thread and not self.turned:
            self.blocked += 1

    def _turn(self) -> None:
        self.turned = True

    @contextmanager
    def everywhere(self) -> Iterator[None]:
        """Watch connecting and executing on all engines, and the driver called directly."""
        hooks: list[tuple[type, str, Callable[..., None]]] = [
            (Engine, "before_cursor_execute", self.before),
            (Engine, "after_cursor_execute", self.after),
            (Engine, "do_connect", self.before),
            (Pool, "connect", self.after),
        ]
        for target, name, hook in hooks:
            event.listen(target, name, hook)
        try:
            with self.sqlite():
                yield
        finally:
            for target, name, hook in hooks:
                event.remove(target, name, hook)

    def traced(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        connection.set_trace_callback(self._statement)
        return connection

    def _statement(self, _: str) -> None:
        self.before()
        self.after()

    @contextmanager
    def sqlite(self) -> Iterator[None]:
        real = sqlite3.connect

        def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
            self.before()
            made = real(*args, **kwargs)
            self.after()
            return self.traced(made)

        with mock.patch("sqlite3.connect", connect):
            yield


class Stage:
    """A database with two rows, and arguments of every declared type for one call."""

    def __init__(self, env: Env, watch: Watch) -> None:
        self.models = env.load("models")
        self.path = f"{env.tmp}/db.sqlite"
        self.engine = create_engine(f"sqlite:///{self.path}", connect_args={"check_same_thread": False})
        self.models.Base.metadata.create_all(self.engine)
        self.factory = env.load("database").factory
        self.factory.configure(bind=self.engine)
        with self.factory() as session:
            session.add_all([self.models.Item(name=name) for name in ("a", "b")])
            session.commit()
        self.engine.dispose()
        self.watch = watch
        self.asynchronous = env.engine(f"sqlite+aiosqlite:///{self.path}")

    def values(self, stack: ExitStack) -> dict[object, Callable[[], object]]:
        def raw() -> sqlite3.Connection:
            made = sqlite3.connect(self.path, check_same_thread=False)
            stack.callback(made.close)
            return self.watch.traced(made)

        return {
            Session: lambda: stack.enter_context(self.factory()),
            Engine: lambda: self.engine,
            Connection: lambda: stack.enter_context(self.engine.connect()),
            sqlite3.Connection: raw,
            sqlite3.Cursor: lambda: raw().cursor(),
            AsyncEngine: lambda: self.asynchronous,
            AsyncSession: lambda: AsyncSession(self.asynchronous),
            async_sessionmaker[AsyncSession]: lambda: async_sessionmaker(self.asynchronous),
            str: lambda: self.path,
        }

    async def call(self, function: Callable[..., Any]) -> None:
        """Call the case with values of its declared types, and what was opened for it is closed."""
        hints = typing.get_type_hints(function)
        with ExitStack() as stack:
            values = self.values(stack)
            given = {name: values[hints[name]]() for name in inspect.signature(function).parameters}
            if "url" in given:
                given["url"] = f"sqlite:///{self.path}"
            self.watch.seen = self.watch.blocked = 0
            self.watch.turned = True
            await function(**given)
            for value in given.values():
                if isinstance(value, AsyncSession):
                    await value.close()
        self.engine.dispose()  # the next case has to connect
        await self.asynchronous.dispose()


def cases(module: ModuleType) -> Iterator[Callable[..., Any]]:
    for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
        if function.__doc__ and function.__module__ == module.__name__ and not name.startswith("_"):
            yield function


def commented(module: ModuleType) -> set[str]:
    """Functions that hold an expectation themselves."""
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    lines = source.splitlines()
    return {
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AsyncFunctionDef)
        and any(COMMENT in line for line in lines[node.lineno - 1 : node.end_lineno])
    }


async def all_block(env: Env, *fixtures: str) -> None:
    watch = Watch()
    stage = Stage(env, watch)
    with watch.everywhere():
        for fixture in fixtures:
            module = env.load(fixture)
            reached = set()
            for case in cases(module):
                await stage.call(case)
                assert watch.blocked, f"{fixture}.{case.__name__}: the loop went on"
                reached.add(case.__name__)
            assert reached, fixture
            assert commented(module) - reached <= {"names", "_rows"}, commented(module) - reached


async def none_blocks(env: Env, fixture: str) -> None:
    watch = Watch()
    stage = Stage(env, watch)
    with watch.everywhere():
        for case in cases(env.load(fixture)):
            await stage.call(case)
            assert watch.seen, f"{fixture}.{case.__name__}: the database was not asked"
            assert not watch.blocked, f"{fixture}.{case.__name__}: the loop stood still"


async def prove_sessions(env: Env) -> None:
    await all_block(env, "positive_session")


async def prove_flags(env: Env) -> None:
    """The settings lead each case to the statement in question."""
    watch = Watch()
    blocking, harmless = env.load("positive_flag_in_a_dict"), env.load("negative_flag_in_a_dict")
    with chdir(env.tmp), watch.everywhere():
        for case, settings in (
            (blocking.on_the_other_branch, {"shared": False}),
            (blocking.bound_again, {"shared": False, "remote": True}),
            (blocking.of_an_earlier_turn, [{"shared": True}]),
            (blocking.written_over, {"shared": True, "remote": False}),
            (blocking.of_another_function, {"shared": False}),
        ):
            watch.blocked = 0
            await case(settings)
            assert watch.blocked, case.__name__
        watch.seen = 0
        await harmless.by_a_setting({"shared": True})
        await harmless.by_an_argument(True, 1)
        await harmless.one_by_one(True)
        assert not watch.seen


async def prove_engines(env: Env) -> None:
    await all_block(env, "positive_engine")


async def prove_sqlite(env: Env) -> None:
    await all_block(env, "positive_sqlite")


async def prove_helpers(env: Env) -> None:
    await all_block(env, "positive_helpers")


async def prove_threads(env: Env) -> None:
    await none_blocks(env, "negative_threads")


async def prove_asynchronous(env: Env) -> None:
    await none_blocks(env, "negative_asynchronous")
