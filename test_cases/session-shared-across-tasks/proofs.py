"""One session, several tasks: fails when the connection must still be opened.

`NullPool` makes every run a cold one. On a warm pool the same code passes, which is why
the rule looks at the structure; what PostgreSQL adds is in the last proofs.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import re
import typing
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.pool import NullPool

from tests.proofs.harness import Env, failure_text, is_implicit_io

COLLISION = re.compile(
    "provisioning a new connection|already in progress|already begun|already flushing"
    "|another operation is in progress|savepoint .* does not exist"
)
COMMENT = "# error: [session-shared-across-tasks]"
NO_IO = {"comprehension_of_bound_calls"}  # delete() of loaded rows without relationships waits for nothing
ALREADY_WARM = {"alive_in_the_next_turn"}  # the first get() has opened the connection


async def prepared(env: Env, engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Three rows in `engine`, and the fixtures' factory bound to it."""
    models = env.load("models")
    async with engine.begin() as connection:
        await connection.run_sync(models.Base.metadata.create_all)
    factory: async_sessionmaker[AsyncSession] = env.load("database").factory
    factory.configure(bind=engine)
    async with factory() as session:
        session.add_all([models.Item(name=name) for name in ("a", "b", "c")])
        await session.commit()
    return factory


def commented(module: ModuleType) -> Iterator[tuple[str, str]]:
    """(class or "", function) of everything that holds an expectation."""
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in ast.parse(source).body:
        owner = node.name if isinstance(node, ast.ClassDef) else ""
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.AsyncFunctionDef):
                body = lines[inner.lineno - 1 : inner.end_lineno]
                if any(COMMENT in line for line in body):
                    yield owner, inner.name


class Supply:
    """Arguments by annotation and name; every session and connection is a new one."""

    def __init__(self, factory: async_sessionmaker[AsyncSession], stack: AsyncExitStack) -> None:
        self.factory = factory
        self.engine: AsyncEngine = factory.kw["bind"]
        self.stack = stack

    async def arguments(self, function: Callable[..., Any]) -> dict[str, object]:
        hints = typing.get_type_hints(function)
        return {
            name: await self.value(name, hints[name])
            for name in inspect.signature(function).parameters
            if name != "self"
        }

    async def value(self, name: str, hint: Any) -> object:
        fixed: dict[str, object] = {
            "ids": [1, 2, 3],
            "names": ["x", "y"],
            "urls": ["http://one", "http://two"],
            "text": "a,b",
            "db": self.factory,
        }
        if hint is bool:
            return True
        if hint is AsyncSession:
            return await self.stack.enter_async_context(self.factory())
        if hint is AsyncConnection:
            return await self.stack.enter_async_context(self.engine.connect())
        if hint is AsyncEngine:
            return self.engine
        if hint is httpx.AsyncClient:
            transport = httpx.MockTransport(lambda request: httpx.Response(200))
            return await self.stack.enter_async_context(httpx.AsyncClient(transport=transport))
        if typing.get_origin(hint) is async_sessionmaker:
            return self.factory
        if name == "nodes":
            return [typing.get_args(hint)[0](item_id) for item_id in (1, 2)]
        if name in fixed:
            return fixed[name]
        return hint(await self.value("session", AsyncSession))


async def outcome(
    module: ModuleType, owner: str, name: str, factory: async_sessionmaker[AsyncSession]
) -> str:
    """What the function raised (or handed back as exceptions), as text; "" if nothing."""
    async with AsyncExitStack() as stack:
        supply = Supply(factory, stack)
        holder = getattr(module, owner, None)
        function = getattr(holder or module, name)
        if holder is not None:
            function = getattr(holder(**await supply.arguments(holder.__init__)), name)
        arguments = await supply.arguments(function)
        try:
            answer = await function(**arguments)
        except Exception as error:
            await rest()
            return failure_text(error)
        return (
            "\n".join(failure_text(each) for each in answer or () if isinstance(each, Exception))
            if isinstance(answer, list)
            else ""
        )


async def rest() -> None:
    """Let the siblings of a failed coroutine end before the session is closed."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)


async def all_collide(env: Env, *fixtures: str) -> None:
    factory = await prepared(env, env.engine(poolclass=NullPool))
    for fixture in fixtures:
        module = env.load(fixture)
        cases = [case for case in commented(module) if case[1] not in NO_IO | ALREADY_WARM]
        assert cases, fixture
        for owner, name in cases:
            said = await outcome(module, owner, name, factory)
            assert COLLISION.search(said), f"{fixture}.{name}: {said or 'no failure'}"


async def prove_gather(env: Env) -> None:
    await all_collide(env, "positive_gather")


async def prove_spawners(env: Env) -> None:
    await all_collide(env, "positive_spawners")


async def prove_carriers(env: Env) -> None:
    await all_collide(env, "positive_carriers")


async def prove_owner_keeps_using(env: Env) -> None:
    await all_collide(env, "positive_owner_keeps_using")


async def prove_threads_have_no_greenlet(env: Env) -> None:
    factory = await prepared(env, env.engine(poolclass=NullPool))
    module = env.load("positive_threads")
    for owner, name in commented(module):
        async with factory() as session:
            try:
                await getattr(getattr(module, owner, module), name)(session)
            except Exception as error:
                assert is_implicit_io(error) or COLLISION.search(failure_text(error)), f"{name}: {error!r}"
            else:
                raise AssertionError(f"{name}: no failure")


async def prove_dependencies_give_one_session(env: Env) -> None:
    await prepared(env, env.engine(poolclass=NullPool))
    app = FastAPI()
    app.include_router(env.load("positive_dependencies").router)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://proof") as client:
        for path in ("/default", "/alias", "/same", "/service"):
            try:
                await client.get(path)
            except Exception as error:
                assert COLLISION.search(failure_text(error)), f"{path}: {error!r}"
            else:
                raise AssertionError(f"{path}: no failure")


async def prove_negatives(env: Env) -> None:
    factory = await prepared(env, env.engine(poolclass=NullPool))
    for fixture in (
        "negative_sequential",
        "negative_separate_sessions",
        "negative_one_user",
        "negative_locks",
    ):
        module = env.load(fixture)
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            if function.__doc__ and function.__module__ == fixture:
                said = await outcome(module, "", name, factory)
                assert not said, f"{fixture}.{name}: {said}"


async def prove_a_warm_pool_hides_it(env: Env) -> None:
    engine = env.engine()
    factory = await prepared(env, engine)
    module = env.load("positive_gather")
    async with factory() as session:
        await module.two_arms(session)


async def prove_flushing_twice_fails_on_a_warm_pool_too(env: Env) -> None:
    factory = await prepared(env, env.engine())
    module = env.load("positive_gather")
    async with factory() as session:
        kept = (await session.scalars(select(env.load("models").Item))).all()
        try:
            await module.keyword_arguments(session)
        except InvalidRequestError as error:
            assert "already flushing" in str(error), kept
        else:
            raise AssertionError("no failure")
        await rest()


async def prove_savepoints_collide_on_postgresql(env: Env) -> None:
    engine = env.postgres_engine()
    await prepared(env, engine)
    module = env.load("positive_connections")
    try:
        await module.connection_of_a_block(engine, ["x", "y"])
    except Exception as error:
        assert COLLISION.search(failure_text(error)), repr(error)
    else:
        raise AssertionError("no failure")
    await rest()


async def prove_a_commit_beside_a_statement_poisons_the_pool_on_postgresql(env: Env) -> None:
    engine = env.postgres_engine(pool_size=1, max_overflow=0)
    factory = await prepared(env, engine)
    session = factory()
    await session.scalar(select(func.now()))
    said = await asyncio.gather(
        session.execute(text("select pg_sleep(0.05)")), session.commit(), return_exceptions=True
    )
    assert any(
        "another operation is in progress" in failure_text(each)
        for each in said
        if isinstance(each, Exception)
    ), said
    with contextlib.suppress(Exception):
        await session.rollback()
    with contextlib.suppress(Exception):
        await session.close()
    async with factory() as innocent:
        try:
            await innocent.scalar(select(func.now()))
        except Exception as error:
            assert "manually started transaction" in failure_text(error), repr(error)
        else:
            raise AssertionError("the next session was not affected")


async def prove_injected_factory(env: Env) -> None:
    main = env.load("app.main", "project_injected_factory")
    engine = env.engine(poolclass=NullPool)
    lookup = main.wired(3)
    try:
        async with AsyncSession(engine) as session:
            await lookup.both(session)
    except InvalidRequestError as error:
        assert COLLISION.search(str(error)), error
    else:
        raise AssertionError("no failure")
    async with AsyncSession(engine) as session:
        assert await lookup.one_after_the_other(session) == 3
