"""ASA402."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Fix, Severity
from asyncsa_lint.flow.events import StartupHandler
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    StartupHandler,
    code="ASA402",
    severity=Severity.ERROR,
    since="0.1.0",
    message="`{registration}` never runs: the `{target}` also has a `lifespan`, which replaces it",
)
def on_event_ignored(handler: StartupHandler) -> Iterator[Report]:
    """Start-up or shutdown handler that never runs beside a lifespan.

    ## What it does
    Reports every `on_event`, `add_event_handler`, `on_startup=` and `on_shutdown=` of an
    application that is also given `lifespan=`.

    ## Why is this bad?
    A lifespan replaces the event handlers: in every version from FastAPI 0.95 to 0.165 they
    are skipped without error or warning. The table is not created, the cache stays cold, the
    engine is never disposed, and nothing says so. See the
    [manual](https://fastapi.tiangolo.com/advanced/events/): it is all lifespan or all events.

    ## Example
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


    @app.on_event("startup")  # error: [on-event-ignored]
    async def load_more_prices() -> None:
        prices["pear"] = 4
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
        prices["pear"] = 4
        yield


    app = FastAPI(lifespan=lifespan)
    ```

    ## Limits
    Handlers of an included `APIRouter` are judged by the FastAPI version in use: current ones
    run them beside a lifespan.
    """
    if not handler.ignored:
        return
    fix = Fix("call it in the lifespan that the application has", safe=False)
    yield report(handler, fix, registration=handler.registration, target=handler.target)
