"""A session that holds an advisory lock: the lifespan takes it and gives it back, no request sees it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)

_lock_session: AsyncSession | None = None


async def take_lock() -> bool:
    """Only the start-up calls it."""
    global _lock_session
    session = SessionFactory()
    if not (await session.execute(text("select 1"))).scalar_one():
        await session.close()
        return False
    _lock_session = session  # ok: [global-session]
    return True


async def release_lock() -> None:
    """Only the shutdown calls it."""
    global _lock_session
    if _lock_session is not None:
        await _lock_session.close()
        _lock_session = None


async def restart() -> None:
    """One function further away."""
    await release_lock()
    await take_lock()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The process starts and ends here."""
    await take_lock()
    await restart()
    try:
        yield
    finally:
        await release_lock()


app = FastAPI(lifespan=lifespan)
