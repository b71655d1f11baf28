import asyncio

from models import Item
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

COUNT = select(func.count()).select_from(Item)


async def count_rows(connection: AsyncConnection) -> int:
    return await connection.scalar(COUNT) or 0


async def insert_row(connection: AsyncConnection, name: str) -> None:
    async with connection.begin_nested():
        await connection.execute(insert(Item).values(name=name))


async def connection_gathered(connection: AsyncConnection) -> None:
    await asyncio.gather(count_rows(connection), count_rows(connection))  # error: [session-shared-across-tasks]


async def connection_bound_calls(connection: AsyncConnection) -> None:
    await asyncio.gather(connection.execute(COUNT), connection.scalar(COUNT))  # error: [session-shared-across-tasks]


async def connection_of_a_block(engine: AsyncEngine, names: list[str]) -> None:
    async with engine.begin() as connection:
        await asyncio.gather(*[insert_row(connection, name) for name in names])  # error: [session-shared-across-tasks]


async def connection_in_a_task_group(engine: AsyncEngine) -> None:
    async with engine.connect() as connection, asyncio.TaskGroup() as group:
        group.create_task(count_rows(connection))
        group.create_task(count_rows(connection))  # error: [session-shared-across-tasks]


async def two_sessions_on_one_connection(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        async with AsyncSession(connection) as first, AsyncSession(connection) as second:
            await asyncio.gather(first.scalar(COUNT), second.scalar(COUNT))  # todo-missed: [session-shared-across-tasks] a session does not remember its bind
