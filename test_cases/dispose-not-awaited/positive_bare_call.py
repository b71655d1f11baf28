"""`dispose` and `close` are coroutines: a bare call only builds one and drops it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine


async def shut_down(engine: AsyncEngine) -> None:
    """Nothing is disposed, Python only warns."""
    engine.dispose()  # error: 5 [dispose-not-awaited] "dispose"


async def local_engine(url: str) -> int:
    """The missing await is the bug, not a missing dispose."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one()
    finally:
        engine.dispose()  # error: [dispose-not-awaited]


async def close_session(factory: async_sessionmaker[AsyncSession]) -> int:
    """The connection stays checked out."""
    session = factory()
    try:
        return (await session.execute(text("select 1"))).scalar_one()
    finally:
        session.close()  # error: [dispose-not-awaited] "close"


async def aclose_session(session: AsyncSession) -> None:
    """`aclose` is the same coroutine under another name."""
    await session.execute(text("select 1"))
    session.aclose()  # error: [dispose-not-awaited] "aclose"


async def close_connection(engine: AsyncEngine) -> int:
    """A connection taken by hand must be closed by hand, with await."""
    connection = await engine.connect()
    try:
        return (await connection.execute(text("select 1"))).scalar_one()
    finally:
        connection.close()  # error: [dispose-not-awaited]


async def close_given_connection(connection: AsyncConnection) -> None:
    """The same on a parameter, whose type is known."""
    connection.aclose()  # error: [dispose-not-awaited]


async def close_pool(pool: asyncpg.Pool) -> None:
    """asyncpg's pool has a coroutine `close` as well."""
    pool.close()  # error: [dispose-not-awaited]


def close_from_sync(engine: AsyncEngine) -> None:
    """A plain function can not dispose an async engine this way."""
    engine.dispose()  # error: [dispose-not-awaited]


async def result_thrown_away(engine: AsyncEngine) -> None:
    """An underscore keeps the coroutine from nothing."""
    _ = engine.dispose()  # error: [dispose-not-awaited]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The shutdown looks complete."""
    app.state.engine = create_async_engine("postgresql+asyncpg://app@db/orders")
    try:
        yield
    finally:
        app.state.engine.dispose()  # error: [dispose-not-awaited]


app = FastAPI(lifespan=lifespan)
