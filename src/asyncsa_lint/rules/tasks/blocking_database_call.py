"""ASA608."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Fix, Severity
from asyncsa_lint.flow.events import BlockingCall
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    BlockingCall,
    code="ASA608",
    severity=Severity.ERROR,
    since="0.1.0",
    message="`{expression}()` blocks the event loop: {interface} waits for the database here",
)
def blocking_database_call(blocking: BlockingCall) -> Iterator[Report]:
    """Synchronous database call inside `async def`.

    ## What it does
    Reports calls that wait for a database in the thread of the event loop: I/O methods of a
    synchronous `Session`, `Connection` or `Engine`, connecting and cursors of `psycopg2`,
    `psycopg`, `sqlite3`, `pymysql`, `MySQLdb` and `pyodbc`. It counts where an `async def`
    makes the call itself and where it calls a plain function that does; then the trail shows
    the call that waits.

    ## Why is this bad?
    The event loop runs one thing at a time. While a synchronous driver waits, no other
    request, task, time-out or health check of the process runs: callbacks that were due before
    the statement are still due after it. One slow query stops everybody, and a connection that
    hangs stops the process for as long as the operating system keeps trying. A plain `def` path
    operation is run in a thread and does not have this problem.

    ## Example
    ```python
    from fastapi import Depends, FastAPI
    from sqlalchemy import create_engine, text
    from sqlalchemy.orm import Session, sessionmaker

    factory = sessionmaker(create_engine("sqlite:///orders.db"))
    app = FastAPI()


    def get_session():
        with factory() as session:
            yield session


    @app.get("/health")
    async def health(session: Session = Depends(get_session)) -> dict[str, bool]:
        session.execute(text("select 1"))  # error: [blocking-database-call]
        return {"database": True}
    ```

    ## Use instead
    ```python
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import AsyncSession


    async def health(session: AsyncSession) -> dict[str, bool]:
        await session.execute(text("select 1"))
        return {"database": True}
    ```

    A synchronous session may stay where the function is a plain `def` path operation, or is
    handed to `asyncio.to_thread` or `run_in_threadpool`.

    ## Limits
    Silent in tests, in lifespans and start-up handlers (nobody is waiting for the loop yet), in
    scripts whose event loop runs one coroutine that starts no tasks, for functions given to
    `run_sync`, threads and executors, for databases in memory opened with
    `sqlite3.connect(":memory:")`, and for objects whose type is not known. Lazy loading by a
    synchronous session, fetching, `rollback()` and `close()` are not reported: they follow a call
    that is.
    """
    name = blocking.interface
    words = f"the synchronous `{name}`" if name[0].isupper() and name != "MySQLdb" else f"`{name}`"
    fix = Fix(_advice(blocking), safe=False)
    yield report(blocking, fix, expression=blocking.expression, interface=words)


_ASYNCHRONOUS = {
    "Session": "an `AsyncSession`",
    "Connection": "an `AsyncConnection`",
    "Engine": "an `AsyncEngine`",
    "MySQLdb": "`asyncmy` or `aiomysql`",
    "psycopg": "`psycopg.AsyncConnection`",
    "psycopg2": "`asyncpg` or `psycopg.AsyncConnection`",
    "pymysql": "`asyncmy` or `aiomysql`",
    "pyodbc": "`aioodbc`",
    "sqlite3": "`aiosqlite`",
}


def _advice(blocking: BlockingCall) -> str:
    """What to write: a function goes to a thread as it is, the use of one object as a whole."""
    asynchronous = _ASYNCHRONOUS.get(blocking.interface, "an asynchronous driver")
    if blocking.trail and blocking.interface in {"Session", "Connection", "Engine"}:
        return f"await `asyncio.to_thread({blocking.expression}, ...)`, or use {asynchronous} there"
    return (
        f"use {asynchronous}, or put all that uses this object into one plain function and await"
        " `asyncio.to_thread` with it"
    )
