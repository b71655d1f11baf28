"""Dependencies that yield a session and do not close it on every path."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)

app = FastAPI()


async def get_session() -> AsyncIterator[AsyncSession]:
    """Yields and forgets."""
    yield SessionFactory()  # error: 5 [malformed-session-dependency]


async def get_session_closed_on_success() -> AsyncIterator[AsyncSession]:
    """A failing handler skips the close."""
    session = SessionFactory()
    yield session  # error: 5 [malformed-session-dependency]
    await session.close()


async def get_session_rolled_back() -> AsyncIterator[AsyncSession]:
    """Handles errors, closes never."""
    session = SessionFactory()
    try:
        yield session  # error: 9 [malformed-session-dependency]
    except Exception:
        await session.rollback()
        raise


async def get_session_closed_on_error() -> AsyncIterator[AsyncSession]:
    """Closes on the wrong path only."""
    session = SessionFactory()
    try:
        yield session  # error: [malformed-session-dependency]
    except Exception:
        await session.close()
        raise


@app.get("/forgotten")
async def forgotten(session: Annotated[AsyncSession, Depends(get_session)]) -> int:
    """The connection of this request is lost."""
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/success")
async def success(session: Annotated[AsyncSession, Depends(get_session_closed_on_success)]) -> int:
    """Fails, and loses its connection."""
    await session.execute(text("select 1"))
    raise RuntimeError("handler failed")


@app.get("/rolled-back")
async def rolled_back(session: Annotated[AsyncSession, Depends(get_session_rolled_back)]) -> int:
    """The connection of this request is lost."""
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/error")
async def error(session: Annotated[AsyncSession, Depends(get_session_closed_on_error)]) -> int:
    """The connection of this request is lost."""
    return (await session.execute(text("select 1"))).scalar_one()
