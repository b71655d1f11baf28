"""ASA103."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Fix, Recipe, Rewrite, Severity
from asyncsa_lint.flow.events import EngineAbandoned
from asyncsa_lint.rules.registry import Report, report, rule

_OWNERS = {"local variable": "a local variable", "module": "the module"}


@rule(
    EngineAbandoned,
    code="ASA103",
    severity=Severity.ERROR,
    since="0.1.0",
    message="`{constructor}` is kept in {owner} and no path awaits its `{release}()`,"
    " so its connections are never closed",
)
def engine_never_disposed(abandoned: EngineAbandoned) -> Iterator[Report]:
    """Engine or pool that nothing disposes.

    ## What it does
    Looks for an awaited `dispose()` through every handle of an engine: the variable, the
    attribute, `app.state`, an exit stack, the `close()` of the object that owns it. Reports
    the constructor when there is none. `__del__`, `weakref.finalize` and `atexit` do not
    count: they can not await.

    ## Why is this bad?
    The garbage collector can not close asynchronous connections. They stay open on the server
    (asyncpg: `ResourceWarning: unclosed connection`; ten cached engines held ten connections),
    aiosqlite leaves its threads behind, and a test suite runs out of connections. See the
    [manual](https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html), which asks for
    `await engine.dispose()` before an engine goes out of scope.

    ## Example
    ```python
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    from fastapi import FastAPI
    from sqlalchemy.ext.asyncio import create_async_engine


    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = create_async_engine("sqlite+aiosqlite:///shop.db")  # error: [engine-never-disposed]
        app.state.engine = engine
        yield


    app = FastAPI(lifespan=lifespan)
    ```

    ## Use instead
    ```python
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    from fastapi import FastAPI
    from sqlalchemy.ext.asyncio import create_async_engine


    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = create_async_engine("sqlite+aiosqlite:///shop.db")
        app.state.engine = engine
        try:
            yield
        finally:
            await engine.dispose()


    app = FastAPI(lifespan=lifespan)
    ```

    ## Fix
    Unsafe: `stack.push_async_callback(engine.dispose)` right after the engine is made, where an
    `AsyncExitStack` is in scope.

    ## Limits
    Silent for engines returned or yielded to a caller, with `NullPool`, where ASA101 already
    speaks, and for module engines of a package that has no application.
    """
    release = "close" if abandoned.constructor.endswith("create_pool") else "dispose"
    recipe = Recipe(Rewrite.REGISTER_DISPOSAL, abandoned.span, (release,))
    yield report(
        abandoned,
        Fix(_advice(abandoned.owner, release), safe=False, recipe=recipe),
        constructor=abandoned.constructor,
        owner=_OWNERS.get(abandoned.owner, f"`{abandoned.owner}`"),
        release=release,
    )


def _advice(owner: str, release: str) -> str:
    """Where the release belongs depends on how long the owner lives."""
    if owner == "module":
        return f"await its `{release}()` in the `finally` of the application's lifespan"
    if owner == "local variable":
        return f"await its `{release}()` in a `finally`, or give that method to an `AsyncExitStack`"
    return f"await `{owner}.{release}()` where the owner of `{owner}` ends, and see that this is called"
