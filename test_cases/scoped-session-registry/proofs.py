"""Registries in async code: shared by tasks, or never emptied."""

from __future__ import annotations

import asyncio
import warnings

from sqlalchemy import create_engine
from sqlalchemy.exc import InvalidRequestError

from tests.proofs.harness import Env
from tests.proofs.lifecycle import bind_factories, connections_left


async def prove_thread_local_session_is_shared_by_tasks(env: Env) -> None:
    """Two tasks get the same session; the second one fails while it connects."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 2.1 deprecates the combination
        fixture = env.load("positive_thread_local")
        bind_factories(env.engine(), fixture)
        results = await asyncio.gather(fixture.ping(), fixture.ping(), return_exceptions=True)
        assert [type(result) for result in results] == [int, InvalidRequestError], results
        assert fixture.Session() is await asyncio.create_task(_get(fixture.Session))
        await fixture.Session().close()
        database = fixture.Database(fixture.SessionFactory)
        assert database.session() is await asyncio.create_task(_get(database.session))


async def _get(registry: object) -> object:
    assert callable(registry)
    return registry()


async def prove_task_scoped_session_is_never_removed(env: Env) -> None:
    """One session per task, and each keeps its connection."""
    fixture = env.load("positive_async_scoped")
    engine = env.engine()
    bind_factories(engine, fixture)

    async def two_tasks() -> None:
        tasks = [asyncio.create_task(fixture.ping()) for _ in range(2)]
        assert await asyncio.gather(*tasks) == [1, 1]

    assert await connections_left(engine, two_tasks) == 2
    for session in list(fixture.Session.registry.registry.values()):
        await session.close()


async def prove_inherited_scopes_share_the_session(env: Env) -> None:
    """A constant is one session for all; child tasks inherit a context variable."""
    fixture = env.load("positive_async_scoped")
    for ping in (fixture.ping_one, fixture.ping_request):
        bind_factories(env.engine(), fixture)
        results = await asyncio.gather(ping(), ping(), return_exceptions=True)
        assert [type(result) for result in results] == [int, InvalidRequestError], results
    await fixture.OneSession.close()
    await fixture.RequestSession.close()


async def prove_legacy_registry_is_shared_by_tasks(env: Env) -> None:
    """All tasks of the loop run in one thread, so they have one session."""
    fixture = env.load("positive_sync_factory")
    assert fixture.LegacySession() is await asyncio.create_task(_get(fixture.LegacySession))


async def prove_factory_gives_each_task_its_own(env: Env) -> None:
    """Concurrent calls, nothing shared, nothing left."""
    fixture = env.load("negative_factory")
    engine = env.engine()
    bind_factories(engine, fixture)

    async def at_once() -> None:
        assert await asyncio.gather(*(fixture.ping() for _ in range(3))) == [1, 1, 1]

    assert await connections_left(engine, at_once) == 0


def prove_threads_have_their_own(env: Env) -> None:
    """In synchronous code the registry does what it promises."""
    fixture = env.load("negative_synchronous")
    assert fixture.ping(create_engine("sqlite://")) == 1
    assert not fixture.Session.registry.has()
