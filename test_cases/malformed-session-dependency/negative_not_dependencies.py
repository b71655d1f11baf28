"""Functions of the same shapes that FastAPI does not call."""

from collections.abc import AsyncIterator

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)


def new_session() -> AsyncSession:
    """A provider: its caller enters the session."""
    return SessionFactory()


async def count() -> int:
    """The caller of the provider."""
    async with new_session() as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def sessions(number: int) -> AsyncIterator[AsyncSession]:
    """A generator for a loop may yield as often as it likes."""
    for _ in range(number):
        async with SessionFactory() as session:
            yield session


async def count_often() -> int:
    """The loop."""
    answer = 0
    async for session in sessions(3):
        answer += (await session.execute(text("select 1"))).scalar_one()
    return answer
