"""A call without await: Python warns "never awaited" or the coroutine is in the way.

Every function with an expectation is called; it must warn or raise, apart from the
savepoint, which is silently not opened.
"""

from __future__ import annotations

import ast
import gc
import inspect
import typing
import warnings
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    AsyncTransaction,
    async_sessionmaker,
)
from sqlalchemy.orm import Session, sessionmaker

from tests.proofs.harness import Env, failure_text

COMMENT = "# error:"
WITHOUT_WARNING = {"savepoint"}
NEW_IN_2_1 = {"delete_all", "merge_all"}
DRIVEN_BY_OTHERS = {"get_session", "session_scope", "endpoint"}


async def prepared(env: Env) -> async_sessionmaker[AsyncSession]:
    """Two rows on a new database, and the fixtures' factory bound to it."""
    models = env.load("models")
    engine = env.engine()
    async with engine.begin() as connection:
        await connection.run_sync(models.Base.metadata.create_all)
    factory: async_sessionmaker[AsyncSession] = env.load("database").factory
    factory.configure(bind=engine)
    async with factory() as session:
        session.add_all([models.Item(name="a"), models.Item(name="b")])
        await session.commit()
    return factory


def commented(module: ModuleType) -> Iterator[tuple[str, str]]:
    """(class or "", function) of everything that holds an expectation."""
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in ast.parse(source).body:
        owner = node.name if isinstance(node, ast.ClassDef) else ""
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.AsyncFunctionDef | ast.FunctionDef):
                if any(COMMENT in line for line in lines[inner.lineno - 1 : inner.end_lineno]):
                    yield owner, inner.name


class Supply:
    """Arguments by annotation: all of one call belong to one session."""

    def __init__(
        self,
        env: Env,
        factory: async_sessionmaker[AsyncSession],
        session: AsyncSession,
        stack: AsyncExitStack,
    ) -> None:
        self.item = env.load("models").Item
        self.factory = factory
        self.engine: AsyncEngine = factory.kw["bind"]
        self.session = session
        self.stack = stack

    async def call(self, module: ModuleType, owner: str, name: str) -> object:
        holder: Any = getattr(module, owner, None)
        if holder is not None and inspect.isfunction(inspect.getattr_static(holder, name)):
            holder = holder(self.session)
        function = getattr(holder or module, name)
        hints = typing.get_type_hints(function)
        wanted = [each for each in inspect.signature(function).parameters if each != "self"]
        answer = function(**{each: await self.value(hints[each]) for each in wanted})
        return await answer if inspect.isawaitable(answer) else answer

    async def value(self, hint: Any) -> object:
        if typing.get_origin(hint) is typing.Annotated:
            hint = typing.get_args(hint)[0]
        if hint in (int, bool):
            return 1
        if isinstance(hint, type) and issubclass(hint, AsyncSession):
            return self.session
        if hint is AsyncEngine:
            return self.engine
        if hint is AsyncConnection:
            return await self.stack.enter_async_context(self.engine.connect())
        if hint is AsyncTransaction:
            connection = await self.stack.enter_async_context(self.engine.connect())
            return await connection.begin()
        if typing.get_origin(hint) is async_sessionmaker:
            return self.factory
        return await self.rows(hint)

    async def rows(self, hint: Any) -> object:
        items = list((await self.session.scalars(select(self.item).order_by(self.item.id))).all())
        return items if typing.get_origin(hint) is list else items[0]


async def outcome(call: Callable[[], Any]) -> str:
    """Text of what was raised, and of the "never awaited" warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        raised = ""
        try:
            await call()
        except Exception as error:
            raised = failure_text(error)
            error.__traceback__ = None
        gc.collect()
    return "\n".join(
        [raised, *(str(each.message) for each in caught if "never awaited" in str(each.message))]
    ).strip()


async def all_lose_it(env: Env, fixture: str) -> None:
    factory = await prepared(env)
    module = env.load(fixture)
    for owner, name in commented(module):
        if name in DRIVEN_BY_OTHERS or (name in NEW_IN_2_1 and not hasattr(AsyncSession, name)):
            continue
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(factory())
            supply = Supply(env, factory, session, stack)
            said = await outcome(lambda: supply.call(module, owner, name))  # noqa: B023 - called within this turn
        assert said or name in WITHOUT_WARNING, f"{fixture}.{name}: nothing raised, nothing warned"


async def prove_dropped(env: Env) -> None:
    await all_lose_it(env, "positive_dropped")


async def prove_used_as_value(env: Env) -> None:
    await all_lose_it(env, "positive_used_as_value")


async def prove_asked_whether_coroutine(env: Env) -> None:
    await all_lose_it(env, "positive_asked_whether_coroutine")


async def prove_branches(env: Env) -> None:
    module = env.load("positive_branches")
    factory = await prepared(env)
    item = env.load("models").Item
    async with factory() as session:
        said = await outcome(lambda: module.in_an_except_branch(session, item(id=1, name="twice")))
        assert "AsyncSession.rollback' was never awaited" in said, said
    for name in (
        "in_else_and_finally",
        "old_factory",
        "scope_used",
        "in_a_loop",
        "in_a_comprehension",
        "in_a_with_block",
        "conditional",
    ):
        async with AsyncExitStack() as stack:
            supply = Supply(env, factory, await stack.enter_async_context(factory()), stack)
            said = await outcome(lambda: supply.call(module, "", name))  # noqa: B023 - called within this turn
        assert "never awaited" in said, f"{name}: {said}"


async def prove_plain_def(env: Env) -> None:
    await prepared(env)
    app = FastAPI()
    app.include_router(env.load("positive_plain_def").router)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://proof") as client:
        for method, path in (("GET", "/items"), ("POST", "/items"), ("GET", "/items/1"), ("GET", "/names/1")):
            said = await outcome(lambda: client.request(method, path))  # noqa: B023 - called within this turn
            assert said, f"{method} {path}: nothing raised, nothing warned"


async def prove_sqlmodel(env: Env) -> None:
    module = env.load("positive_sqlmodel")
    engine = env.engine()
    async with module.AsyncSession(engine) as session:
        for call in (
            lambda: module.dropped(session),
            lambda: module.used_as_value(session),
            lambda: module.in_a_block(engine),
        ):
            said = await outcome(call)
            assert said, "nothing raised, nothing warned"


async def prove_nothing_is_written(env: Env) -> None:
    factory = await prepared(env)
    module = env.load("positive_dropped")
    item = env.load("models").Item
    async with factory() as session:
        await outcome(lambda: module.commit(session))
    async with factory() as session:
        await outcome(lambda: module.savepoint(session))
        assert not session.in_nested_transaction()
    async with factory() as session:
        assert await session.scalar(select(func.count()).select_from(item)) == 3, (
            "only the savepoint's row is there"
        )


async def prove_negatives(env: Env) -> None:
    factory = await prepared(env)
    for fixture in ("negative_asked_whether_coroutine", "negative_awaited_somewhere", "negative_synchronous"):
        module = env.load(fixture)
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            # In 3.12 the module `inspect` passes for a coroutine function: it holds the mark of those.
            own = getattr(function, "__module__", "") == fixture
            if own and function.__doc__ and can_be_called(function):
                async with AsyncExitStack() as stack:
                    supply = Supply(env, factory, await stack.enter_async_context(factory()), stack)
                    said = await outcome(lambda: supply.call(module, "", name))  # noqa: B023 - called within this turn
                assert not said, f"{fixture}.{name}: {said}"


def can_be_called(function: Callable[..., object]) -> bool:
    hints = typing.get_type_hints(function)
    odd = {"either", "untyped", "own_class", "returned_from_async_def"}
    return function.__name__ not in odd and not {Session, sessionmaker} & set(hints.values())
