"""One session for the whole process, bound when the module is imported."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)
OldFactory = sessionmaker(class_=AsyncSession, expire_on_commit=False)

session = SessionFactory()  # error: 11 [global-session]
old_session: AsyncSession = OldFactory()  # error: [global-session]
direct_session = AsyncSession()  # error: [global-session]


class OrderRepository:
    """A class attribute is shared by all instances."""

    session = SessionFactory()  # error: 15 [global-session]

    async def ping(self) -> int:
        return (await self.session.execute(text("select 1"))).scalar_one()


async def ping() -> int:
    """All tasks and requests meet in the same session."""
    return (await session.execute(text("select 1"))).scalar_one()


async def count(current: AsyncSession = SessionFactory()) -> int:  # error: 41 [global-session]
    """A default argument is evaluated once, at import."""
    return (await current.execute(text("select 1"))).scalar_one()
