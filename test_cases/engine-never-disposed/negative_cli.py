"""A command of a command line tool runs in a process of its own."""

import asyncio

import click
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


async def purge_orders() -> None:
    """Only the command calls it."""
    engine = create_async_engine(DATABASE_URL)
    async with engine.begin() as connection:
        await connection.execute(text("delete from orders"))


@click.command()
def purge() -> None:
    """Delete all orders."""
    asyncio.run(purge_orders())
