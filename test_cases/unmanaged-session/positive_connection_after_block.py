"""A connection, unlike a session, does not open again: its use after the block raises."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


async def after_connect(engine: AsyncEngine) -> int:
    """Wrong indentation of one line."""
    async with engine.connect() as connection:
        await connection.execute(text("select 1"))
    return (await connection.execute(text("select 2"))).scalar_one()  # error: 19 [unmanaged-session]


async def after_begin(engine: AsyncEngine) -> int:
    """`engine.begin()` closes its connection as well."""
    async with engine.begin() as connection:
        await connection.execute(text("select 1"))
    return (await connection.scalar(text("select 2"))) or 0  # error: [unmanaged-session]


async def _count(connection: AsyncConnection) -> int:
    return (await connection.execute(text("select 2"))).scalar_one()


async def through_a_helper(engine: AsyncEngine) -> int:
    """Handed to a helper after the block."""
    async with engine.connect() as connection:
        pass
    return await _count(connection)  # error: [unmanaged-session]
