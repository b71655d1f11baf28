"""ASA205."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Fix, Recipe, Rewrite, Severity
from asyncsa_lint.flow.events import Resource, SessionUnmanaged
from asyncsa_lint.rules._wording import class_name, place
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    SessionUnmanaged,
    code="ASA205",
    severity=Severity.ERROR,
    since="0.1.0",
    message="the {resource} is {mistake}",
)
def unmanaged_session(unmanaged: SessionUnmanaged) -> Iterator[Report]:
    """Session or connection that is never closed, or used after it was.

    ## What it does
    Reports a session from a factory or constructor, or a connection from `engine.connect()`,
    that no `async with`, exit stack or `close()` in `finally` ends; and a session or connection
    that is used after the `async with` block that closed it, directly or through an object that
    holds it.

    ## Why is this bad?
    An open session keeps its connection: the pool runs empty, and the log says `The garbage
    collector is trying to clean up non-checked-in connection`. A closed session does not refuse
    work: it silently starts again with a new connection, which nothing returns. A closed
    connection raises `ResourceClosedError`. See the
    [manual](https://docs.sqlalchemy.org/en/20/orm/session_basics.html).

    ## Example
    ```python
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


    async def count(factory: async_sessionmaker[AsyncSession]) -> int:
        session = factory()  # error: [unmanaged-session]
        return await session.scalar(text("select count(*) from orders")) or 0
    ```

    ## Use instead
    ```python
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


    async def count(factory: async_sessionmaker[AsyncSession]) -> int:
        async with factory() as session:
            return await session.scalar(text("select count(*) from orders")) or 0
    ```

    ## Fix
    Unsafe: what is opened and never closed is entered with `async with`, up to the end of its
    block. What is used after it was closed is left to you.

    ## Limits
    Silent for a session handed to other code, and for providers that return a fresh session
    which their callers enter.
    """
    closed = f" {place(unmanaged, unmanaged.closed_at)}" if unmanaged.closed_at else ""
    if not unmanaged.used_after_close:
        mistake = "opened here and closed on no path, so its connection is never returned to the pool"
    elif unmanaged.resource is Resource.SESSION:
        mistake = f"used after it was closed{closed}, so it silently opens a connection that nothing returns"
    else:
        mistake = f"used after it was closed{closed}, which raises ResourceClosedError"
    fix = None
    if not unmanaged.used_after_close:
        recipe = Recipe(Rewrite.ASYNC_WITH, unmanaged.span)
        fix = Fix("open it with `async with`", safe=False, recipe=recipe)
    yield report(unmanaged, fix, resource=class_name(unmanaged.resource), mistake=mistake)
