"""ASA407."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Fix, Recipe, Rewrite, Severity
from asyncsa_lint.flow.events import LifespanNotWired
from asyncsa_lint.rules._wording import place
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    LifespanNotWired,
    code="ASA407",
    severity=Severity.ERROR,
    since="0.1.0",
    message="{omission}",
)
def lifespan_not_wired(unwired: LifespanNotWired) -> Iterator[Report]:
    """Lifespan that owns database resources and reaches no application.

    ## What it does
    Reports an `@asynccontextmanager` that takes the application, acquires database resources,
    and is given to no `FastAPI(lifespan=...)` or enclosing lifespan; and an application without
    any lifespan in a project that owns an engine.

    ## Why is this bad?
    FastAPI calls only the lifespan it was given. A forgotten one is silent: start-up
    work is skipped, so `app.state.engine` raises `AttributeError` in the first request, or the
    engine lives elsewhere and is never disposed. See the
    [manual](https://fastapi.tiangolo.com/advanced/events/).

    ## Example
    ```python
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    from fastapi import FastAPI
    from sqlalchemy.ext.asyncio import create_async_engine


    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:  # error: [lifespan-not-wired]
        engine = create_async_engine("sqlite+aiosqlite:///shop.db")
        app.state.engine = engine
        try:
            yield
        finally:
            await engine.dispose()


    app = FastAPI()
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
    Safe: `lifespan=` is added when the project has one application, made after the lifespan in the
    same file.

    ## Limits
    Silent in packages without an application, for lifespans that another one enters, and for
    applications that own their resources through `on_event` (ASA401).
    """
    if unwired.lifespan:
        omission = f"no application is given the lifespan `{unwired.lifespan}`, so it never runs"
    else:
        omission = "the application has no `lifespan`, so nothing disposes the engine of this project"
    yield report(unwired, _wiring(unwired), omission=omission)


def _wiring(unwired: LifespanNotWired) -> Fix | None:
    """The keyword for the only application; which of several is meant nobody knows."""
    if not unwired.lifespan:
        return None
    keyword = f"lifespan={unwired.lifespan}"
    if unwired.app is None:
        return Fix(f"give the application `{keyword}`", safe=False)
    recipe = Recipe(Rewrite.LIFESPAN_KEYWORD, unwired.app, (unwired.lifespan,))
    return Fix(f"add `{keyword}` to the application {place(unwired, unwired.app)}", safe=True, recipe=recipe)
