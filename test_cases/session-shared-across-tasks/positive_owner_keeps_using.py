"""One task and its parent are two users as long as the task runs."""

import asyncio

from database import factory
from models import Item
from queries import count_items, item_names
from sqlalchemy.ext.asyncio import AsyncSession


async def bound_call_before_the_await(session: AsyncSession) -> int:
    counting = asyncio.create_task(count_items(session))  # error: [session-shared-across-tasks]
    await session.get(Item, 1)
    return await counting


async def helper_before_the_await(session: AsyncSession) -> int:
    counting = asyncio.create_task(count_items(session))  # error: [session-shared-across-tasks]
    await item_names(session)
    return await counting


async def commit_before_the_await(session: AsyncSession) -> None:
    counting = asyncio.create_task(count_items(session))  # error: [session-shared-across-tasks]
    session.add(Item(name="new"))
    await session.commit()
    await counting


async def in_one_branch(session: AsyncSession, with_names: bool) -> int:
    counting = asyncio.create_task(count_items(session))  # error: [session-shared-across-tasks]
    if with_names:
        await item_names(session)
    return await counting


async def body_of_the_task_group(session: AsyncSession) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(count_items(session))  # error: [session-shared-across-tasks]
        await session.get(Item, 1)


async def end_of_the_block() -> None:
    async with factory() as session:
        asyncio.create_task(count_items(session))  # error: [session-shared-across-tasks]


async def task_returned_from_the_block() -> asyncio.Task[int]:
    async with factory() as session:
        return asyncio.create_task(count_items(session))  # error: [session-shared-across-tasks]


async def awaited_after_the_block() -> int:
    async with factory() as session:
        counting = asyncio.create_task(count_items(session))  # error: [session-shared-across-tasks]
    return await counting


async def ensure_future_and_own_use(session: AsyncSession) -> int:
    counting = asyncio.ensure_future(count_items(session))  # error: [session-shared-across-tasks]
    await session.get(Item, 2)
    return await counting


async def alive_in_the_next_turn(session: AsyncSession, ids: list[int]) -> None:
    counting: asyncio.Task[int] | None = None
    for item_id in ids:
        await session.get(Item, item_id)
        if counting is None:
            counting = asyncio.create_task(count_items(session))  # error: [session-shared-across-tasks]
    if counting is not None:
        await counting


class Report:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def count(self) -> int:
        return await count_items(self.session)

    async def build(self) -> int:
        counting = asyncio.create_task(self.count())  # error: [session-shared-across-tasks]
        await self.session.get(Item, 1)
        return await counting
