"""Nothing here says that these are dependencies."""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)


async def open_session() -> AsyncSession:
    """Used through `Depends` in another file."""
    return SessionFactory()  # error: 12 [malformed-session-dependency]


def session_for_caller() -> AsyncSession:
    """Never used through `Depends`: the caller enters it."""
    return SessionFactory()


async def managed_session() -> AsyncIterator[AsyncSession]:
    """Yields and closes."""
    async with SessionFactory() as session:
        yield session
