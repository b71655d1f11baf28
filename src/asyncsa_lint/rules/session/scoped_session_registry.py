"""ASA206."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Severity
from asyncsa_lint.flow.events import ScopedSessionBuilt
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    ScopedSessionBuilt,
    code="ASA206",
    severity=Severity.WARNING,
    since="0.1.0",
    message="`{registry}` {consequence}",
)
def scoped_session_registry(built: ScopedSessionBuilt) -> Iterator[Report]:
    """`scoped_session` or `async_scoped_session` in asynchronous code.

    ## What it does
    Reports `scoped_session(...)` around an async factory or in a module that uses the asyncio
    extension, and `async_scoped_session(...)`.

    ## Why is this bad?
    `scoped_session` keeps one session per thread, and all tasks of an event loop are one
    thread: they share it, with a deprecation warning that announces an error. A scope function
    that reads a `ContextVar` shares too, because child tasks inherit the variable. With
    `current_task` the sessions are apart, but the registry keeps each one, with its connection
    checked out, until somebody awaits `remove()` in the very task. See the
    [manual](https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html), which advises
    against the registry.

    ## Example
    ```python
    from sqlalchemy.ext.asyncio import async_sessionmaker
    from sqlalchemy.orm import scoped_session

    factory = async_sessionmaker(expire_on_commit=False)
    sessions = scoped_session(factory)  # error: [scoped-session-registry]
    ```

    ## Use instead
    ```python
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

    factory = async_sessionmaker(expire_on_commit=False)


    async def get_session() -> AsyncIterator[AsyncSession]:
        async with factory() as session:
            yield session
    ```

    ## Limits
    Silent in modules that are synchronous throughout, and for `async_scoped_session` with a
    task-based scope where `allow-async-scoped-session` is set.
    """
    if built.registry == "scoped_session":
        consequence = "keeps one session per thread, so all tasks of the event loop share it"
    elif built.explicit_scope:
        consequence = "keeps each session, with its connection, until `remove()` is awaited in the same scope"
    else:
        consequence = "has no scope bound to the task, so concurrent tasks share one session"
    yield report(built, registry=built.registry, consequence=consequence)
