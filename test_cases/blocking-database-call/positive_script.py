"""A script whose loop has other tasks holds them up."""

import asyncio

from database import factory
from sqlalchemy import text


async def load(key: int) -> None:
    with factory() as session:
        session.execute(text("select 1"))  # error: [blocking-database-call]


async def several() -> None:
    await asyncio.gather(load(1), load(2))


async def beside() -> None:
    ticking = asyncio.create_task(asyncio.sleep(60))
    with factory() as session:
        session.execute(text("select 1"))  # error: [blocking-database-call]
    ticking.cancel()


if __name__ == "__main__":
    asyncio.run(several())
    asyncio.run(beside())
