"""ASA403."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Fix, Recipe, Rewrite, Severity
from asyncsa_lint.flow.events import LifespanCleanup, LifespanDefect
from asyncsa_lint.rules.registry import Report, report, rule

_DEFECTS = {
    LifespanDefect.RELEASE_UNPROTECTED: "is released after the `yield` without `finally`,"
    " so it leaks when start-up or the application fails",
    LifespanDefect.ACQUISITION_GAP: "is acquired before its release is protected,"
    " so it leaks when the start-up in between fails",
}


@rule(
    LifespanCleanup,
    code="ASA403",
    severity=Severity.WARNING,
    since="0.1.0",
    message="`{resource}` {defect}",
)
def lifespan_cleanup_unprotected(cleanup: LifespanCleanup) -> Iterator[Report]:
    """Resource of a lifespan that leaks when start-up or the application fails.

    ## What it does
    Reports a release that stands after the `yield` of a lifespan or `@asynccontextmanager` with
    no `finally`, exit stack or `async with`; and an await or a second acquisition between
    acquiring a resource and protecting it.

    ## Why is this bad?
    An exception that reaches the `yield`, or that start-up raises before it, ends the generator
    there: the lines below never run. The pool keeps its connections, and a test client that
    failed to start leaves them to the next test. See the
    [manual](https://docs.python.org/3/library/contextlib.html#contextlib.asynccontextmanager).

    ## Example
    ```python
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    from fastapi import FastAPI
    from sqlalchemy.ext.asyncio import create_async_engine


    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = create_async_engine("sqlite+aiosqlite:///shop.db")
        app.state.engine = engine
        yield
        await engine.dispose()  # error: [lifespan-cleanup-unprotected]


    app = FastAPI(lifespan=lifespan)
    ```

    ## Use instead
    ```python
    from collections.abc import AsyncIterator
    from contextlib import AsyncExitStack, asynccontextmanager

    from fastapi import FastAPI
    from sqlalchemy.ext.asyncio import create_async_engine


    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            engine = create_async_engine("sqlite+aiosqlite:///shop.db")
            stack.push_async_callback(engine.dispose)
            app.state.engine = engine
            yield


    app = FastAPI(lifespan=lifespan)
    ```

    ## Fix
    Unsafe: the `yield` goes into a `try`, what follows it into the `finally`.

    ## Limits
    Plain assignments between acquiring and protecting are allowed. Silent for pytest fixtures,
    whose teardown always runs.
    """
    if cleanup.defect is LifespanDefect.RELEASE_UNPROTECTED:
        recipe = Recipe(Rewrite.PROTECT_YIELD, cleanup.span)
        fix = Fix("put the `yield` into a `try` and this into its `finally`", safe=False, recipe=recipe)
    else:
        fix = Fix("begin the `try` right after this line, or register the release there", safe=False)
    yield report(cleanup, fix, resource=cleanup.resource, defect=_DEFECTS[cleanup.defect])
