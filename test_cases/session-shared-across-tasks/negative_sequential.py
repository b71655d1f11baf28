import asyncio

import anyio
from database import factory
from models import Item
from queries import count_items, item_names, load_item
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session


async def awaited_in_turn(session: AsyncSession, ids: list[int]) -> None:
    """One task."""
    for item_id in ids:
        await load_item(session, item_id)


async def comprehension_of_awaits(session: AsyncSession, ids: list[int]) -> list[Item | None]:
    """One task: each await ends before the next call starts."""
    return [await load_item(session, item_id) for item_id in ids]


async def awaited_arguments(session: AsyncSession) -> list[object]:
    """The arguments of gather are values, not coroutines."""
    return await asyncio.gather(asyncio.sleep(0, await count_items(session)), asyncio.sleep(0, await item_names(session)))


async def coroutine_list_awaited_in_turn(session: AsyncSession, ids: list[int]) -> None:
    """A coroutine object does nothing until it is awaited."""
    pending = [load_item(session, item_id) for item_id in ids]
    for coroutine in pending:
        await coroutine


async def task_awaited_at_once(session: AsyncSession) -> int:
    """The parent waits: one user at a time."""
    return await asyncio.create_task(count_items(session))


async def tasks_awaited_in_turn(session: AsyncSession, ids: list[int]) -> None:
    """Each task has ended when the next one starts."""
    for item_id in ids:
        await asyncio.create_task(load_item(session, item_id))


async def task_awaited_before_the_next_use(session: AsyncSession) -> int:
    """The task has ended when the parent goes on."""
    counting = asyncio.create_task(count_items(session), name="count")
    await asyncio.sleep(0)
    total = await counting
    await session.get(Item, 1)
    return total


async def task_awaited_before_the_end_of_the_block() -> int:
    """The task has ended when the block closes the session."""
    async with factory() as session:
        counting = asyncio.create_task(count_items(session))
        return await counting


async def second_task_after_the_first(session: AsyncSession) -> None:
    """The first task has ended when the second starts."""
    first = asyncio.create_task(count_items(session))
    await first
    second = asyncio.create_task(item_names(session))
    await second


async def one_gather_after_the_other(session: AsyncSession) -> None:
    """Each gather has one user of the session."""
    await asyncio.gather(count_items(session), asyncio.sleep(1))
    await asyncio.gather(item_names(session), asyncio.sleep(1))


async def task_groups_of_one(session: AsyncSession) -> None:
    """The group ends before the next use."""
    async with asyncio.TaskGroup() as group:
        counting = group.create_task(count_items(session))
    print(counting.result(), await item_names(session))


async def task_groups_in_a_loop(session: AsyncSession, ids: list[int]) -> None:
    """A group of one in every turn."""
    for item_id in ids:
        async with asyncio.TaskGroup() as group:
            group.create_task(load_item(session, item_id))


async def anyio_group_of_one(session: AsyncSession) -> None:
    """The group ends before the next use."""
    async with anyio.create_task_group() as group:
        group.start_soon(count_items, session)
    await item_names(session)


async def gather_of_one(session: AsyncSession) -> None:
    """A single element is a single user."""
    await asyncio.gather(count_items(session))
    await asyncio.gather(*[item_names(session)])


async def exclusive_branches(session: AsyncSession, names: bool) -> None:
    """Only one of the two tasks is ever made."""
    if names:
        work: asyncio.Task[object] = asyncio.create_task(item_names(session))
    else:
        work = asyncio.create_task(count_items(session))
    await work


async def early_return(session: AsyncSession, names: bool) -> object:
    """Only one of the two tasks is ever made."""
    if names:
        found = asyncio.create_task(item_names(session))
        return await found
    total = asyncio.create_task(count_items(session))
    return await total


async def timed(session: AsyncSession) -> int:
    """`wait_for` waits: one user."""
    return await asyncio.wait_for(count_items(session), 5)


async def timeout_block(session: AsyncSession) -> int:
    """`timeout` starts no task."""
    async with asyncio.timeout(5):
        return await count_items(session)


async def shielded(session: AsyncSession) -> int:
    """Awaited at once, nothing else uses the session meanwhile."""
    return await asyncio.shield(count_items(session))


async def fail_after(session: AsyncSession) -> int:
    """anyio's timeouts start no task."""
    with anyio.fail_after(5):
        return await count_items(session)


async def heartbeat(session: AsyncSession) -> int:
    """The parent only looks at the task until it has ended."""
    counting = asyncio.create_task(count_items(session))
    while not counting.done():
        await asyncio.wait({counting}, timeout=1)
        print("working")
    return counting.result()


def first_name(session: Session) -> str | None:
    return session.scalars(select(Item.name)).first()


async def run_sync(session: AsyncSession) -> None:
    """`run_sync` runs in the same thread and is awaited."""
    await session.run_sync(first_name)
    await session.run_sync(lambda sync_session: sync_session.get(Item, 1))


async def cancelled_and_awaited(session: AsyncSession) -> list[str]:
    """The task has ended, one way or the other, before the next use."""
    counting = asyncio.create_task(count_items(session))
    counting.cancel()
    await asyncio.gather(counting, return_exceptions=True)
    return await item_names(session)
