"""Project helpers that return an engine: who called them has to dispose."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine


def build_engine(url: str) -> AsyncEngine:
    """Hands the engine over to its caller."""
    return create_async_engine(url, pool_pre_ping=True)


def build_factory(url: str) -> async_sessionmaker[AsyncSession]:
    """Hands the engine over inside a factory."""
    return async_sessionmaker(build_engine(url), expire_on_commit=False)


async def careful(url: str) -> int:
    """This caller disposes."""
    engine = build_engine(url)
    try:
        async with engine.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one()
    finally:
        await engine.dispose()


async def careless(url: str) -> int:
    """This one does not, so the finding stands here and not in the helper."""
    engine = build_engine(url)  # error: [engine-never-disposed]
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


async def through_the_factory(url: str) -> int:
    """Gets the engine wrapped in a factory and lets both go."""
    factory = build_factory(url)  # error: [engine-never-disposed]
    async with factory() as session:
        return (await session.execute(text("select 1"))).scalar_one()
