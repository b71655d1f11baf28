"""Messages of the rules on engines, sessions, lifespans, tasks and calls."""

from __future__ import annotations

import pytest

from asyncsa_lint.findings import Fix
from asyncsa_lint.flow.events import (
    CoroutineLost,
    DependencyDefect,
    EngineAbandoned,
    EngineCreated,
    Event,
    HandedToBackground,
    LifespanCleanup,
    LifespanDefect,
    LifespanNotWired,
    Mismatch,
    ProtocolMismatch,
    Resource,
    ScopedSessionBuilt,
    SessionDependency,
    SessionHeldGlobally,
    SessionShared,
    SessionUnmanaged,
    StartupHandler,
)
from tests.rules.making import at, findings, only

LEAK = "so every request leaves a connection checked out"


def created(constructor: str, context: str, disposed_here: bool = False, per_request: bool = True) -> Event:
    return EngineCreated(
        span=at(20),
        symbol="total",
        constructor=constructor,
        context=context,
        per_request=per_request,
        disposed_here=disposed_here,
    )


def abandoned(constructor: str, owner: str) -> Event:
    return EngineAbandoned(span=at(20), symbol="total", constructor=constructor, owner=owner)


def held(holder: str) -> Event:
    return SessionHeldGlobally(span=at(20), symbol="total", holder=holder)


def depends(defect: DependencyDefect) -> Event:
    return SessionDependency(span=at(20), symbol="total", dependency="get_session", defect=defect)


def unmanaged(resource: Resource, after: bool) -> Event:
    closed = at(17) if after else None
    return SessionUnmanaged(
        span=at(20), symbol="total", resource=resource, used_after_close=after, closed_at=closed
    )


def scoped(registry: str, explicit_scope: bool) -> Event:
    return ScopedSessionBuilt(span=at(20), symbol="total", registry=registry, explicit_scope=explicit_scope)


def handler(target: str, ignored: bool) -> Event:
    return StartupHandler(
        span=at(20), symbol="", registration='@app.on_event("startup")', target=target, ignored=ignored
    )


def cleanup(defect: LifespanDefect) -> Event:
    return LifespanCleanup(span=at(20), symbol="lifespan", defect=defect, resource="engine")


def shared(carrier: str) -> Event:
    return SessionShared(
        span=at(20), symbol="total", resource=Resource.SESSION, spawner="asyncio.gather", carrier=carrier
    )


def handed(what: str, argument: str) -> Event:
    return HandedToBackground(
        span=at(20), symbol="total", spawner="BackgroundTasks.add_task", what=what, argument=argument
    )


def lost(resource: Resource, method: str) -> Event:
    return CoroutineLost(span=at(20), symbol="total", resource=resource, method=method, how="dropped")


def mismatch(kind: Mismatch, resource: str, expression: str) -> Event:
    return ProtocolMismatch(
        span=at(20), symbol="total", mismatch=kind, resource=resource, expression=expression
    )


MESSAGES = [
    (
        created("create_async_engine", "path operation"),
        "`create_async_engine` runs in a path operation, so every request opens a connection pool of its own",
    ),
    (
        created("create_engine", "exception handler", disposed_here=True),
        "`create_engine` runs in an exception handler, so every request opens a connection pool of its own"
        " and drops it",
    ),
    (
        created("asyncpg.create_pool", "data-access method"),
        "`asyncpg.create_pool` runs in a data-access method, so every call opens a connection pool"
        " of its own",
    ),
    (
        created("engine.dispose", "dependency"),
        "`engine.dispose` runs in a dependency, so every request throws away the pool that all others use",
    ),
    (
        abandoned("create_async_engine", "app.state.engine"),
        "`create_async_engine` is kept in `app.state.engine` and no path awaits its `dispose()`,"
        " so its connections are never closed",
    ),
    (
        abandoned("asyncpg.create_pool", "local variable"),
        "`asyncpg.create_pool` is kept in a local variable and no path awaits its `close()`,"
        " so its connections are never closed",
    ),
    (
        held("module"),
        "the session is kept in the module, so concurrent requests run in one transaction"
        " and break each other",
    ),
    (
        held("singleton store"),
        "the session is kept in the module-level object `store`,"
        " so concurrent requests run in one transaction and break each other",
    ),
    (
        depends(DependencyDefect.RETURNS_SESSION),
        f"dependency `get_session` returns a session that nothing closes, {LEAK}",
    ),
    (
        depends(DependencyDefect.YIELDS_UNCLOSED),
        f"dependency `get_session` yields a session and never closes it, {LEAK}",
    ),
    (
        depends(DependencyDefect.NO_YIELD),
        "dependency `get_session` can end without a yield, so the request fails with RuntimeError",
    ),
    (
        depends(DependencyDefect.SEVERAL_YIELDS),
        "dependency `get_session` can yield more than once, so the request fails with RuntimeError",
    ),
    (
        unmanaged(Resource.SESSION, after=False),
        "the `AsyncSession` is opened here and closed on no path,"
        " so its connection is never returned to the pool",
    ),
    (
        unmanaged(Resource.SESSION, after=True),
        "the `AsyncSession` is used after it was closed on line 17,"
        " so it silently opens a connection that nothing returns",
    ),
    (
        unmanaged(Resource.CONNECTION, after=True),
        "the `AsyncConnection` is used after it was closed on line 17, which raises ResourceClosedError",
    ),
    (
        scoped("scoped_session", explicit_scope=False),
        "`scoped_session` keeps one session per thread, so all tasks of the event loop share it",
    ),
    (
        scoped("async_scoped_session", explicit_scope=True),
        "`async_scoped_session` keeps each session, with its connection,"
        " until `remove()` is awaited in the same scope",
    ),
    (
        scoped("async_scoped_session", explicit_scope=False),
        "`async_scoped_session` has no scope bound to the task, so concurrent tasks share one session",
    ),
    (
        handler("FastAPI", ignored=True),
        '`@app.on_event("startup")` never runs: the `FastAPI` also has a `lifespan`, which replaces it',
    ),
    (
        handler("FastAPI", ignored=False),
        '`@app.on_event("startup")` on `FastAPI` is deprecated:'
        " it silently stops running once the application gets a `lifespan`",
    ),
    (
        handler("APIRouter", ignored=False),
        '`@app.on_event("startup")` on `APIRouter` is deprecated:'
        " it runs never, once or twice, depending on the FastAPI version and the lifespan",
    ),
    (
        cleanup(LifespanDefect.RELEASE_UNPROTECTED),
        "`engine` is released after the `yield` without `finally`,"
        " so it leaks when start-up or the application fails",
    ),
    (
        cleanup(LifespanDefect.ACQUISITION_GAP),
        "`engine` is acquired before its release is protected,"
        " so it leaks when the start-up in between fails",
    ),
    (
        LifespanNotWired(span=at(20), symbol="", lifespan="lifespan"),
        "no application is given the lifespan `lifespan`, so it never runs",
    ),
    (
        LifespanNotWired(span=at(20), symbol="", lifespan=""),
        "the application has no `lifespan`, so nothing disposes the engine of this project",
    ),
    (
        shared("argument"),
        "`asyncio.gather` lets tasks that are active at once use one `AsyncSession` through an argument,"
        " which fails or mixes their transactions",
    ),
    (
        shared("self.session"),
        "`asyncio.gather` lets tasks that are active at once use one `AsyncSession` through `self.session`,"
        " which fails or mixes their transactions",
    ),
    (
        handed("instance of Order", "order"),
        "`BackgroundTasks.add_task` gets `order` (instance of Order),"
        " but its work outlives the handler and the request's session",
    ),
    (
        handed("session", ""),
        "`BackgroundTasks.add_task` gets the session,"
        " but its work outlives the handler and the request's session",
    ),
    (
        lost(Resource.ENGINE, "dispose"),
        "`dispose()` of the `AsyncEngine` is dropped and never awaited, so its connections stay open",
    ),
    (
        lost(Resource.POOL, "close"),
        "`close()` of the asyncpg pool is dropped and never awaited, so its connections stay open",
    ),
    (
        lost(Resource.SESSION, "commit"),
        "`commit()` of the `AsyncSession` is dropped and never awaited, so it does nothing",
    ),
    (
        mismatch(Mismatch.AWAIT_ON_SYNC, "AsyncSession", "session.add"),
        "`session.add` is a synchronous method of `AsyncSession`, so awaiting it raises TypeError",
    ),
    (
        mismatch(Mismatch.PLAIN_WITH, "AsyncSession", "factory()"),
        "`factory()` gives an async context manager (`AsyncSession`), so plain `with` raises TypeError",
    ),
    (
        mismatch(Mismatch.ASYNC_WITH_AWAITED, "AsyncConnection", "engine.connect()"),
        "`engine.connect()` is awaited before `async with` enters it, so it is started twice and fails",
    ),
    (
        mismatch(Mismatch.PLAIN_FOR, "AsyncResult", "result"),
        "`result` gives an async iterator (`AsyncResult`), so plain `for` raises TypeError",
    ),
    (
        mismatch(Mismatch.ASYNC_FOR_ON_SYNC, "ScalarResult", "result"),
        "`result` is no async iterator (`ScalarResult`), so `async for` raises TypeError",
    ),
    (
        mismatch(Mismatch.SYNC_DDL, "AsyncEngine", "Base.metadata.create_all"),
        "`Base.metadata.create_all` runs DDL synchronously and gets `AsyncEngine`,"
        " so it raises AttributeError",
    ),
]


@pytest.mark.parametrize(("event", "message"), MESSAGES)
def test_message(event: Event, message: str) -> None:
    assert only(event).message == message


@pytest.mark.parametrize("message", [message for _, message in MESSAGES])
def test_style(message: str) -> None:
    assert not message.endswith(".")
    assert "\n" not in message
    assert message[0] == "`" or message[0].islower()


def test_engine_outside_requests_is_fine() -> None:
    assert findings(created("create_async_engine", "lifespan", per_request=False)) == []


def test_fix_of_the_event_is_passed_on() -> None:
    fix = Fix("add `await`", safe=True)
    event = CoroutineLost(
        span=at(20), symbol="", resource=Resource.SESSION, method="commit", how="dropped", fix=fix
    )
    assert only(event).fix is fix
