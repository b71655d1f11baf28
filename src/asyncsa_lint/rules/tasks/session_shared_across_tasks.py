"""ASA601."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Fix, Severity
from asyncsa_lint.flow.events import SessionShared
from asyncsa_lint.rules._wording import class_name
from asyncsa_lint.rules.registry import Report, report, rule

_CARRIERS = {"argument": "an argument", "closure": "a closure", "bound method": "a bound method"}


@rule(
    SessionShared,
    code="ASA601",
    severity=Severity.ERROR,
    since="0.1.0",
    message="`{spawner}` lets tasks that are active at once use one {resource} through {carrier},"
    " which fails or mixes their transactions",
)
def session_shared_across_tasks(shared: SessionShared) -> Iterator[Report]:
    """One session or connection used by several tasks or threads at once.

    ## What it does
    Follows a session into what is started: arguments, closures, bound methods, partials and
    objects that hold it, given to `gather`, `create_task`, `TaskGroup`, `as_completed`, `wait`,
    anyio task groups, `to_thread` and executors. Reports it where two holders can be active at
    once; a loop or comprehension counts as many, the parent's own use as one.

    ## Why is this bad?
    When the pool has no idle connection, all but the first task raise `InvalidRequestError: This
    session is provisioning a new connection; concurrent operations are not permitted`. With one
    it seems to work, so tests pass and a fresh process fails. Two flushes raise `Session is
    already flushing`; a rollback in one task silently removes the rows of the other; on asyncpg
    a commit beside a running statement breaks the connection, and the pool hands it on. See
    [error isce](https://docs.sqlalchemy.org/en/20/errors.html#error-isce).

    ## Example
    ```python
    import asyncio

    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import AsyncSession


    async def count(session: AsyncSession, table: str) -> int:
        return await session.scalar(text(f"select count(*) from {table}")) or 0


    async def report(session: AsyncSession) -> list[int]:
        return await asyncio.gather(  # error: [session-shared-across-tasks]
            count(session, "orders"),
            count(session, "items"),
        )
    ```

    ## Use instead
    ```python
    import asyncio

    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


    async def count(factory: async_sessionmaker[AsyncSession], table: str) -> int:
        async with factory() as session:
            return await session.scalar(text(f"select count(*) from {table}")) or 0


    async def report(factory: async_sessionmaker[AsyncSession]) -> list[int]:
        return await asyncio.gather(count(factory, "orders"), count(factory, "items"))
    ```

    ## Limits
    Silent for sequential awaits, a single awaited task, a lock around the whole use, and
    coroutines of which it is not known that they use the session.
    """
    yield report(
        shared,
        Fix("await one after the other, or open a session in each task", safe=False),
        spawner=shared.spawner,
        resource=class_name(shared.resource),
        carrier=_carrier(shared.carrier),
    )


def _carrier(carrier: str) -> str:
    """In backticks when it is a name; words have their own."""
    return _CARRIERS.get(carrier) or (carrier if " " in carrier else f"`{carrier}`")
