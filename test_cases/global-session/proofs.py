"""A session that outlives its request is shared by requests that run at the same time."""

from __future__ import annotations

import asyncio
from types import ModuleType

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from tests.proofs.harness import Env
from tests.proofs.lifecycle import bind_factories, connections_left, request, running


def _bound(session: AsyncSession, engine: AsyncEngine) -> AsyncSession:
    """Sessions made at import have no engine yet."""
    session.bind = engine
    session.sync_session.bind = engine.sync_engine
    return session


async def prove_module_and_class_sessions_are_shared(env: Env) -> None:
    """Two tasks meet in one session and fail while it connects."""
    fixture = env.load("positive_module_and_class")
    for session in (
        fixture.session,
        fixture.old_session,
        fixture.direct_session,
        fixture.OrderRepository.session,
    ):
        _bound(session, env.engine())
    first, second = fixture.OrderRepository(), fixture.OrderRepository()
    for works in ((fixture.ping, fixture.ping), (first.ping, second.ping)):
        results = await asyncio.gather(*(work() for work in works), return_exceptions=True)
        assert [type(result) for result in results] == [int, InvalidRequestError], results
    default = fixture.count.__defaults__[0]
    _bound(default, env.engine())
    results = await asyncio.gather(fixture.count(), fixture.count(), return_exceptions=True)
    assert [type(result) for result in results] == [int, InvalidRequestError], results
    for session in (fixture.session, fixture.OrderRepository.session, default):
        await session.close()


async def prove_cached_sessions_are_shared(env: Env) -> None:
    """Guard and caches answer with the same session for ever."""
    fixture = env.load("positive_at_run_time")
    bind_factories(env.engine(), fixture)
    assert fixture.get_global_session() is fixture.get_global_session()
    assert fixture.get_cached_session() is fixture.get_cached_session()
    assert fixture.get_tenant_session("main") is fixture.get_tenant_session("main")


async def prove_state_session_fails_concurrent_requests(env: Env) -> None:
    """The first two requests of a fresh process: one fails."""
    fixture = env.load("positive_at_run_time")
    bind_factories(env.engine(), fixture)
    async with running(fixture.app):
        for path in ("/orders", "/cached"):
            answers = await asyncio.gather(*(request(fixture.app, path) for _ in range(2)))
            assert sorted(answer.status_code for answer in answers) == [200, 500], path
    await fixture.get_cached_session().close()


async def prove_singletons_are_overwritten(env: Env) -> None:
    """The second of two requests takes the session of the first away."""
    fixture = env.load("positive_singleton")
    bind_factories(env.engine(), fixture)
    await _overwritten(fixture.bound_service, fixture.SessionFactory)
    await _overwritten(fixture.bound_by_method, fixture.SessionFactory)
    assert fixture.eager.session is not None


async def _overwritten(bind: object, factory: async_sessionmaker[AsyncSession]) -> None:
    assert callable(bind)
    async with factory() as first, factory() as second:
        service = await bind(first)
        assert await service.count() == 1
        await bind(second)
        assert service.session is second


async def prove_bound_services_are_overwritten(env: Env) -> None:
    """The same over modules, also in the loop over all services."""
    dependencies = env.load("app.dependencies", "project_bound_services")
    services = env.load("app.services", "project_bound_services")
    async with dependencies.SessionFactory() as first, dependencies.SessionFactory() as second:
        assert (await dependencies.get_job_service(first))._session is first
        await dependencies.bind_all(second)
        assert {service._session for service in services.SERVICES} == {second}


async def prove_scoped_sessions_are_private(env: Env) -> None:
    """Many requests at once, each with a session of its own, none left open."""
    fixture = env.load("negative_scoped")
    bind_factories(env.engine(), fixture)
    async with running(fixture.app):
        for path in ("/orders", "/ambient"):
            await _all_answer(env, fixture, path)
    assert await fixture.count() == 1
    project = env.load("app.main", "project_services_per_request")
    await _all_answer(env, project, "/jobs")


async def _all_answer(env: Env, fixture: ModuleType, path: str) -> None:
    engine = env.engine()
    bind_factories(engine, fixture)

    async def at_once() -> None:
        answers = await asyncio.gather(*(request(fixture.app, path) for _ in range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4, answers[0].text

    assert await connections_left(engine, at_once) == 0


async def prove_other_sessions_are_harmless(env: Env) -> None:
    """A factory under a misleading name opens a session per call."""
    fixture = env.load("negative_other_sessions")
    engine = env.engine()
    bind_factories(engine, fixture)

    async def at_once() -> None:
        answers = await asyncio.gather(fixture.service.count(), fixture.service.count(), fixture.main())
        assert answers == [1, 1, 1]

    assert await connections_left(engine, at_once) == 0
    fixture.session.close()


async def prove_register(env: Env) -> None:
    """The second request takes the session away from the first one."""
    services, items = env.load("app.services", "project_register"), env.load("app.items")
    engine = env.engine()
    async with AsyncSession(engine) as first, AsyncSession(engine) as second:
        with services.bound(first):
            with services.bound(second):
                assert items.items._session is second
            assert items.items._session is None


async def prove_a_session_of_the_lifespan_fails_concurrent_requests(env: Env) -> None:
    """What the start-up has made meets the first two requests."""
    for name in ("positive_started_by_the_lifespan", "positive_lifespan_state"):
        fixture = env.load(name)
        bind_factories(env.engine(), fixture)
        async with running(fixture.app):
            answers = await asyncio.gather(*(request(fixture.app, "/count") for _ in range(2)))
            assert sorted(answer.status_code for answer in answers) == [200, 500]


async def prove_a_lock_of_the_process_disturbs_nobody(env: Env) -> None:
    """Taken and given back: nothing is left."""
    fixture = env.load("negative_lock_of_the_process")
    engine = env.engine()
    bind_factories(engine, fixture)

    async def from_start_to_end() -> None:
        async with running(fixture.app):
            assert fixture._lock_session.in_transaction()

    assert await connections_left(engine, from_start_to_end) == 0
    assert fixture._lock_session is None


async def prove_everybody_finds_his_own(env: Env) -> None:
    """Two requests at once, from three registries each."""
    fixture = env.load("negative_own_keys")
    engine = env.engine()
    bind_factories(engine, fixture)

    async def at_once() -> None:
        answers = await asyncio.gather(*(request(fixture.app, "/count") for _ in range(2)))
        assert [answer.json() for answer in answers] == [3, 3]

    assert await connections_left(engine, at_once) == 0
