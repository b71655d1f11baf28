"""A loop that runs one coroutine after another has nobody who would wait."""

import asyncio

from database import factory
from sqlalchemy import text


async def tally() -> int:
    """Awaited by the script alone."""
    with factory() as session:
        return int(session.execute(text("select 1")).scalar_one())


async def report() -> None:
    """Given to `asyncio.run`, and to nothing else."""
    with factory() as session:
        session.execute(text("select 1"))
    await asyncio.sleep(0)
    await tally()


async def nightly() -> None:
    """Run in a loop of its own, from a function."""
    with factory() as session:
        session.execute(text("select 1"))


def main() -> None:
    asyncio.run(nightly())


if __name__ == "__main__":
    asyncio.run(report())
