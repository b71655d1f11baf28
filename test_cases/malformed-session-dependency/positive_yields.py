"""Dependencies with a path that yields nothing, or yields again."""

import logging
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)
logger = logging.getLogger(__name__)

app = FastAPI()


async def get_two() -> AsyncIterator[AsyncSession]:
    """The second yield is an error at the end of every request."""
    async with SessionFactory() as session:
        yield session
        yield session  # error: 9 [malformed-session-dependency]


async def get_with_retry() -> AsyncIterator[AsyncSession]:
    """Each turn of the loop yields; the second turn comes after the response."""
    while True:
        async with SessionFactory() as session:
            yield session  # error: [malformed-session-dependency]


async def get_with_fallback() -> AsyncIterator[AsyncSession]:
    """When the handler fails the generator yields a second time instead of raising."""
    try:
        async with SessionFactory() as session:
            yield session
    except Exception:
        logger.exception("handler failed")
        async with SessionFactory() as session:
            yield session  # error: [malformed-session-dependency]


async def get_if_enabled(enabled: bool = False) -> AsyncIterator[AsyncSession]:  # error: 11 [malformed-session-dependency]
    """Without the flag there is no yield at all."""
    if enabled:
        async with SessionFactory() as session:
            yield session


async def get_or_return(skip: bool = True) -> AsyncIterator[AsyncSession]:  # error: [malformed-session-dependency]
    """An early return in a generator is a path without a yield."""
    if skip:
        return
    async with SessionFactory() as session:
        yield session


@app.get("/two")
async def two(session: Annotated[AsyncSession, Depends(get_two)]) -> int:
    """RuntimeError: generator didn't stop."""
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/retry")
async def retry(session: Annotated[AsyncSession, Depends(get_with_retry)]) -> int:
    """RuntimeError: generator didn't stop."""
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/fallback")
async def fallback(session: Annotated[AsyncSession, Depends(get_with_fallback)]) -> int:
    """RuntimeError: generator didn't stop after athrow()."""
    await session.execute(text("select 1"))
    raise ValueError("handler failed")


@app.get("/enabled")
async def if_enabled(session: Annotated[AsyncSession, Depends(get_if_enabled)]) -> int:
    """RuntimeError: generator didn't yield."""
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/skip")
async def or_return(session: Annotated[AsyncSession, Depends(get_or_return)]) -> int:
    """RuntimeError: generator didn't yield."""
    return (await session.execute(text("select 1"))).scalar_one()
