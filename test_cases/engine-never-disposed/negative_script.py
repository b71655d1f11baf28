"""A script ends with its process; a forgotten dispose costs a warning at most."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"
engine = create_async_engine(DATABASE_URL)


async def seed(session: AsyncSession) -> None:
    """Writes one row."""
    await session.execute(text("insert into orders (id) values (1)"))
    await session.commit()


async def main(url: str = DATABASE_URL) -> int:
    """Reached from the main guard only."""
    local = create_async_engine(url)
    async with AsyncSession(local) as session:
        await seed(session)
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


if __name__ == "__main__":
    asyncio.run(main())
