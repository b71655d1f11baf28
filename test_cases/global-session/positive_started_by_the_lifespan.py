"""The lifespan makes the session, and requests use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)

_session: AsyncSession | None = None


async def connect() -> None:
    """Called by the lifespan."""
    global _session
    _session = SessionFactory()  # error: 16 [global-session]


async def count() -> int:
    """Called by the path operation."""
    assert _session is not None
    return (await _session.execute(text("select 1"))).scalar_one()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The process starts and ends here."""
    await connect()
    yield
    if _session is not None:
        await _session.close()


app = FastAPI(lifespan=lifespan)


@app.get("/count")
async def show_count() -> int:
    """Concurrent requests use one session."""
    return await count()
