"""A script is no server: its engine lives as long as the run."""

import asyncio

from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


async def seed(url: str = DATABASE_URL) -> None:
    """Called once from the main guard."""
    engine = create_async_engine(url)
    async with AsyncSession(engine) as session, session.begin():
        await session.execute(text("insert into orders (id) values (1)"))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(seed())
    engine = create_engine("sqlite:///report.db")
    with engine.connect() as connection:
        print(connection.execute(text("select 1")).scalar_one())
