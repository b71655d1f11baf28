"""Synchronous objects have synchronous methods of the same names."""

import asyncio
import atexit
import weakref

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import Session


def dispose_sync(engine: Engine) -> None:
    """A synchronous engine."""
    engine.dispose()


def close_sync(session: Session) -> None:
    """A synchronous session."""
    session.close()


def at_exit(url: str) -> Engine:
    """Hooks fit synchronous engines."""
    engine = create_engine(url)
    atexit.register(engine.dispose)
    weakref.finalize(engine, print, "gone")
    return engine


def in_a_child_process(engine: AsyncEngine) -> None:
    """The way to forget inherited connections after a fork."""
    engine.sync_engine.dispose(close=False)


class Lamp:
    """Not a database object."""

    def dispose(self) -> None:
        """Synchronous."""

    def close(self) -> None:
        """Synchronous."""


def unrelated(lamp: Lamp) -> None:
    """The name of a method says nothing."""
    lamp.close()
    lamp.dispose()


def sync_block(engine: Engine) -> int:
    """A synchronous connection closed by hand."""
    connection = engine.connect()
    try:
        return connection.execute(text("select 1")).scalar_one()
    finally:
        connection.close()


async def query(engine: AsyncEngine) -> int:
    """One query."""
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


def script(url: str) -> int:
    """`asyncio.run` awaits the coroutine at the end of a script."""
    engine = create_async_engine(url)
    with asyncio.Runner() as runner:
        answer = runner.run(query(engine))
        runner.run(engine.dispose())
    return answer


if __name__ == "__main__":
    script_engine = create_async_engine("sqlite+aiosqlite:///orders.db")
    asyncio.run(query(script_engine))
    asyncio.run(script_engine.dispose())
