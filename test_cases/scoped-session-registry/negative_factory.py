"""The factory is enough: one session per unit of work, owned by a block."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_scoped_session, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)


async def ping() -> int:
    """Each call and each task has its own."""
    async with SessionFactory() as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def count(session: AsyncSession | async_scoped_session[AsyncSession]) -> int:
    """An annotation builds no registry."""
    return (await session.execute(text("select 1"))).scalar_one()


def scoped_session(name: str) -> str:
    """A function of this project that happens to have the name."""
    return f"session of {name}"


LABEL = scoped_session("nobody")
