from models import Item
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

ITEMS = select(Item)
NAMES = select(Item.name)


async def plain_for_over_a_stream(session: AsyncSession) -> None:
    for row in await session.stream(ITEMS):  # error: [sync-async-protocol-mismatch]
        print(row)


async def plain_for_over_scalars_of_a_stream(session: AsyncSession) -> None:
    for item in await session.stream_scalars(ITEMS):  # error: [sync-async-protocol-mismatch]
        print(item.name)


async def plain_comprehension(session: AsyncSession) -> list[str]:
    return [item.name for item in (await session.stream(ITEMS)).scalars()]  # error: [sync-async-protocol-mismatch]


async def stream_in_a_variable(session: AsyncSession) -> None:
    result = await session.stream(NAMES)
    for row in result:  # error: [sync-async-protocol-mismatch]
        print(row)


async def plain_for_over_a_connection_stream(connection: AsyncConnection) -> None:
    for row in await connection.stream(NAMES):  # error: [sync-async-protocol-mismatch]
        print(row)


async def stream_of_a_block(connection: AsyncConnection) -> None:
    async with connection.stream(NAMES) as result:
        for row in result:  # error: [sync-async-protocol-mismatch]
            print(row)


async def async_for_over_a_coroutine(session: AsyncSession) -> None:
    async for row in session.stream(ITEMS):  # error: 22 [sync-async-protocol-mismatch] "session.stream"
        print(row)


async def async_for_over_an_execute_coroutine(session: AsyncSession) -> None:
    async for row in session.execute(ITEMS):  # error: [sync-async-protocol-mismatch]
        print(row)


async def async_for_over_a_buffered_result(session: AsyncSession) -> None:
    async for row in await session.execute(ITEMS):  # error: [sync-async-protocol-mismatch]
        print(row)


async def async_for_over_buffered_scalars(session: AsyncSession) -> None:
    async for item in await session.scalars(ITEMS):  # error: [sync-async-protocol-mismatch]
        print(item.name)


async def async_for_over_scalars_of_a_result(session: AsyncSession) -> None:
    async for item in (await session.execute(ITEMS)).scalars():  # error: [sync-async-protocol-mismatch]
        print(item.name)


async def async_comprehension(session: AsyncSession) -> list[str]:
    return [item.name async for item in await session.scalars(ITEMS)]  # error: [sync-async-protocol-mismatch]


async def result_in_a_variable(session: AsyncSession) -> None:
    result = await session.execute(ITEMS)
    async for row in result:  # error: [sync-async-protocol-mismatch]
        print(row)
