"""ASA101."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Severity
from asyncsa_lint.flow.events import EngineCreated
from asyncsa_lint.rules.registry import Report, report, rule

_PER_CALL = ("function", "data-access method")


@rule(
    EngineCreated,
    code="ASA101",
    severity=Severity.ERROR,
    since="0.1.0",
    message="`{constructor}` runs in {where}, so every {occasion} {effect}",
)
def request_scoped_engine(created: EngineCreated) -> Iterator[Report]:
    """Engine or connection pool constructed for every request.

    ## What it does
    Reports `create_async_engine`, `create_engine`, `async_engine_from_config` and
    `asyncpg.create_pool` in code that a request runs: path operations, websockets,
    dependencies, middleware, exception handlers, background tasks, methods of data-access
    classes, and the functions that these call. The trail leads from there to the call.
    `dispose()` of the shared engine in such a place is reported as well.

    ## Why is this bad?
    An engine is a pool, made once per process. One per request pays for a new connection every
    time, and the pool limits nothing because no two requests share it. Without `dispose()` the
    connections stay open until the garbage collector comes by: twenty calls on asyncpg left
    seven or eight on the server, and as many as there were calls where something kept a
    reference. See the [manual](https://docs.sqlalchemy.org/en/20/core/connections.html).

    ## Example
    ```python
    from fastapi import APIRouter
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine

    router = APIRouter()


    @router.get("/ready")
    async def ready() -> bool:
        engine = create_async_engine("sqlite+aiosqlite:///shop.db")  # error: [request-scoped-engine]
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))
        await engine.dispose()
        return True
    ```

    ## Use instead
    ```python
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    from fastapi import FastAPI, Request
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine


    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.engine = create_async_engine("sqlite+aiosqlite:///shop.db")
        try:
            yield
        finally:
            await app.state.engine.dispose()


    app = FastAPI(lifespan=lifespan)


    @app.get("/ready")
    async def ready(request: Request) -> bool:
        async with request.app.state.engine.connect() as connection:
            await connection.execute(text("select 1"))
        return True
    ```

    ## Limits
    Silent in lifespans, bootstrap functions, tests, migrations and under a main guard, for
    cached getters, and where no path from a request to the function can be shown.
    """
    if not created.per_request:
        return
    if created.constructor.endswith("dispose"):
        effect = "throws away the pool that all others use"
    else:
        effect = "opens a connection pool of its own" + " and drops it" * created.disposed_here
    yield report(
        created,
        constructor=created.constructor,
        where=f"{'an' if created.context[:1] in 'aeiou' else 'a'} {created.context}",
        occasion="call" if created.context in _PER_CALL else "request",
        effect=effect,
    )
