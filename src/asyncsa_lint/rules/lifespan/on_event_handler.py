"""ASA401."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Fix, Recipe, Rewrite, Severity
from asyncsa_lint.flow.events import StartupHandler
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    StartupHandler,
    code="ASA401",
    severity=Severity.WARNING,
    since="0.1.0",
    message="`{registration}` on `{target}` is deprecated: {consequence}",
    profile="bugs",
)
def on_event_handler(handler: StartupHandler) -> Iterator[Report]:
    """Start-up or shutdown event handler where a lifespan belongs.

    ## What it does
    Reports `@app.on_event(...)`, `@router.on_event(...)`, `add_event_handler("startup", ...)`
    and the keywords `on_startup=` and `on_shutdown=` of FastAPI, Starlette and APIRouter.
    An application that also has a lifespan is ASA402.

    ## Why is this bad?
    The handlers work until somebody passes `lifespan=`; from then on they are skipped without a
    word, in every version. Handlers of an included router depend on the version: ignored beside
    a lifespan up to FastAPI 0.112.0, run from 0.112.4 on, and run twice there without one.
    `app.add_event_handler` no longer exists with Starlette 1.0. Start and stop also stand apart,
    so nothing undoes half a start. See the
    [manual](https://fastapi.tiangolo.com/advanced/events/).

    ## Example
    ```python
    from fastapi import FastAPI

    app = FastAPI()
    prices: dict[str, int] = {}


    @app.on_event("startup")  # error: [on-event-handler]
    async def load_prices() -> None:
        prices["apple"] = 3
    ```

    ## Use instead
    ```python
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    from fastapi import FastAPI

    prices: dict[str, int] = {}


    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        prices["apple"] = 3
        yield


    app = FastAPI(lifespan=lifespan)
    ```

    ## Fix
    Unsafe: all handlers of an application become one lifespan beside it, with shutdown handlers on
    an `AsyncExitStack`. The functions stay; they must be in the file of the application.

    ## Limits
    Silent for objects that do not resolve to FastAPI, Starlette or APIRouter.
    """
    if handler.ignored:
        return
    if handler.target == "APIRouter":
        consequence = "it runs never, once or twice, depending on the FastAPI version and the lifespan"
    else:
        consequence = "it silently stops running once the application gets a `lifespan`"
    recipe = Recipe(Rewrite.LIFESPAN, handler.app) if handler.app is not None else None
    fix = Fix("call it in a lifespan, given to the application as `lifespan=`", safe=False, recipe=recipe)
    yield report(
        handler, fix, registration=handler.registration, target=handler.target, consequence=consequence
    )
