"""Repaired engines, sessions, lifespans and coroutines, executed: nothing is left behind any more."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from tests.fixes.repairing import repaired_cases
from tests.proofs.harness import Env
from tests.proofs.lifecycle import (
    bind_factories,
    call,
    connections_left,
    functions_of,
    never_awaited,
    request,
    running,
    watched_engines,
)

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.anyio]


def repaired(rule: str) -> pytest.MarkDecorator:
    """The test gets the repaired fixtures of a rule."""
    return pytest.mark.parametrize("env", [rule], indirect=True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def env(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Env]:
    """The fixtures of a rule, repaired."""
    folder = tmp_path / "repaired"
    repaired_cases(request.param, folder)
    world = Env(folder)
    yield world
    world.close()


@repaired("engine-never-disposed")
async def test_a_disposal_is_registered_where_the_engine_is_made(env: Env) -> None:
    with watched_engines(env) as watch:
        fixture = env.load("positive_exit_stack")
        async with running(fixture.app):
            assert (await request(fixture.app, "/orders")).status_code == 200
        await fixture.nightly_totals("ignored")
        assert (len(watch.made), watch.undisposed(), watch.still_open()) == (3, 0, 0)


@repaired("lifespan-not-wired")
async def test_the_only_application_is_given_its_lifespan(env: Env) -> None:
    with watched_engines(env) as watch:
        app = env.load("app.main", "project_only_application").app
        async with running(app):
            assert (await request(app, "/orders")).status_code == 200
        assert (len(watch.made), watch.undisposed(), watch.still_open()) == (1, 0, 0)
    text = (env.folder / "project_only_application/app/main.py").read_text(encoding="utf-8")
    assert '    title="Orders",  # shown in the docs\n    lifespan=lifespan,\n)' in text


@repaired("unmanaged-session")
async def test_sessions_are_closed(env: Env) -> None:
    fixture = env.load("positive_never_closed")
    for function in functions_of(fixture):
        engine = env.engine()
        factory = async_sessionmaker(engine, expire_on_commit=False)
        bind_factories(engine, fixture)

        async def work(
            function: object = function, engine: object = engine, factory: object = factory
        ) -> None:
            try:
                await call(function, factory=factory, engine=engine)  # type: ignore[arg-type]  # a function
            except ValueError as error:
                assert str(error) == "not two"

        assert await connections_left(engine, work) == 0, function.__name__


@repaired("malformed-session-dependency")
async def test_dependencies_close_what_they_hand_out(env: Env) -> None:
    for name, root, module, path in (
        ("positive_returned", "", "positive_returned", "/returned"),
        ("positive_returned", "", "positive_returned", "/provider"),
        ("app.main", "project_remote_depends", "app.db", "/orders"),
    ):
        app = env.load(name, root).app
        engine = env.engine()
        bind_factories(engine, env.load(module, root))

        async def work(app: FastAPI = app, path: str = path) -> None:
            assert (await request(app, path)).status_code == 200

        assert await connections_left(engine, work) == 0, path


@repaired("lifespan-cleanup-unprotected")
async def test_releases_are_no_longer_skipped(env: Env) -> None:
    fixture, app = env.load("positive_release"), FastAPI()
    managers = (fixture.lifespan, fixture.state_lifespan)
    temporary = (fixture.temporary_engine, fixture.only_on_success)
    for manager in (*(partial(each, app) for each in managers), *(partial(each, "-") for each in temporary)):
        with watched_engines(env, fixture=fixture) as watch:
            with pytest.raises(RuntimeError, match="the application fails"):
                async with manager():
                    raise RuntimeError("the application fails")
            assert (len(watch.made), watch.undisposed()) == (1, 0)


@repaired("on-event-handler")
async def test_event_handlers_run_in_a_lifespan(env: Env) -> None:
    fixture = env.load("positive_decorators")
    async with running(fixture.app):
        pass
    calls = Counter(fixture.calls)
    assert calls["app startup"] == calls["app shutdown"] == calls["app.router startup"] == 1
    with watched_engines(env) as watch:
        built = env.load("positive_app_factory")
        async with running(built.create_app()):
            assert watch.undisposed() == 1
        assert watch.undisposed() == 0


@repaired("dispose-not-awaited")
async def test_disposals_are_awaited(env: Env) -> None:
    fixture = env.load("positive_bare_call")
    for function in functions_of(fixture):
        if function.__name__ == "close_pool":
            continue  # asyncpg's pool needs a server
        with watched_engines(env, fixture=fixture):
            engine = env.engine()
            factory = async_sessionmaker(engine)
            supply = {"engine": engine, "session": factory(), "factory": factory, "url": "-"}
            async with engine.connect() as connection:
                work = partial(call, function, connection=connection, **supply)
                assert await never_awaited(work) == [], function.__name__


@repaired("unawaited-database-call")
async def test_database_calls_are_awaited(env: Env) -> None:
    factory, fixture = env.load("database").factory, env.load("positive_dropped")
    factory.configure(bind=await _with_tables(env))
    called = 0
    for function in functions_of(fixture):
        async with factory() as session:
            if list(inspect.signature(function).parameters) == ["session"]:
                called += 1
                assert await never_awaited(partial(function, session)) == [], function.__name__
    assert called


async def _with_tables(env: Env) -> AsyncEngine:
    engine = env.engine()
    async with engine.begin() as connection:
        await connection.run_sync(env.load("models").Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add(env.load("models").Item(name="a"))
        await session.commit()
    return engine


@repaired("sync-async-protocol-mismatch")
async def test_the_right_kind_of_statement_is_used(env: Env) -> None:
    engine = await _with_tables(env)
    fixture = env.load("positive_awaited_context")
    for function in functions_of(fixture):
        if function.__name__ == "session_connection":
            continue  # has no repair
        async with AsyncSession(engine) as session, engine.connect() as connection:
            supply = {"engine": engine, "session": session, "connection": connection}
            if set(function.__annotations__) - {"return"} <= set(supply):
                await call(function, **supply)


@repaired("dynamic-relationship")
async def test_write_only_collections_can_be_queried(env: Env) -> None:
    fixture = env.load("positive_dynamic")
    engine = env.engine()
    async with engine.begin() as connection:
        await connection.run_sync(fixture.Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        user, post = fixture.User(name="Ada"), fixture.Post()
        session.add_all([user, post])
        await session.flush()
        user.posts.add(post)
        await session.commit()
        for owner, names in ((user, ("posts", "comments", "visits")), (post, ("tags", "likes"))):
            await session.refresh(owner)
            for name in names:
                found = (await session.scalars(getattr(owner, name).select())).all()
                assert len(found) == (name == "posts"), name
