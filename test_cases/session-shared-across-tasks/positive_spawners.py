import asyncio
from asyncio import TaskGroup, as_completed, create_task

import anyio
from models import Item
from queries import count_items, item_names, load_item
from sqlalchemy.ext.asyncio import AsyncSession


async def task_group(session: AsyncSession) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(count_items(session))
        group.create_task(item_names(session))  # error: [session-shared-across-tasks]


async def task_group_with_results(session: AsyncSession) -> tuple[int, list[str]]:
    async with TaskGroup() as group:
        total = group.create_task(count_items(session), name="total")
        names = group.create_task(item_names(session), name="names")  # error: [session-shared-across-tasks]
    return total.result(), names.result()


async def task_group_in_a_loop(session: AsyncSession, ids: list[int]) -> None:
    async with asyncio.TaskGroup() as group:
        for item_id in ids:
            group.create_task(load_item(session, item_id))  # error: [session-shared-across-tasks]


async def task_group_in_a_comprehension(session: AsyncSession, ids: list[int]) -> list[Item | None]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(load_item(session, item_id)) for item_id in ids]  # error: [session-shared-across-tasks]
    return [task.result() for task in tasks]


async def task_group_bound_calls(session: AsyncSession) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(session.get(Item, 1))
        group.create_task(session.get(Item, 2))  # error: [session-shared-across-tasks]


async def tasks_awaited_later(session: AsyncSession) -> tuple[int, list[str]]:
    total = asyncio.create_task(count_items(session))
    names = asyncio.create_task(item_names(session))  # error: [session-shared-across-tasks]
    return await total, await names


async def tasks_gathered(session: AsyncSession) -> None:
    total = create_task(count_items(session))
    names = create_task(item_names(session))  # error: [session-shared-across-tasks]
    await asyncio.gather(total, names)


async def tasks_of_a_comprehension(session: AsyncSession, ids: list[int]) -> None:
    tasks = [asyncio.create_task(load_item(session, item_id)) for item_id in ids]  # error: [session-shared-across-tasks]
    await asyncio.gather(*tasks)


async def tasks_of_a_loop(session: AsyncSession, ids: list[int]) -> None:
    tasks = set()
    for item_id in ids:
        tasks.add(asyncio.create_task(load_item(session, item_id)))  # error: [session-shared-across-tasks]
    done, _ = await asyncio.wait(tasks)
    print([task.result() for task in done])


async def loop_method(session: AsyncSession) -> None:
    loop = asyncio.get_running_loop()
    total = loop.create_task(count_items(session))
    names = loop.create_task(item_names(session))  # error: [session-shared-across-tasks]
    await total
    await names


async def ensure_future(session: AsyncSession) -> None:
    total = asyncio.ensure_future(count_items(session))
    names = asyncio.ensure_future(item_names(session))  # error: [session-shared-across-tasks]
    await asyncio.gather(total, names)


async def waited_for(session: AsyncSession) -> None:
    total = asyncio.create_task(count_items(session))
    names = asyncio.create_task(item_names(session))  # error: [session-shared-across-tasks]
    await asyncio.wait([total, names], return_when=asyncio.FIRST_COMPLETED)
    done, _ = await asyncio.wait([total, names])
    print([task.result() for task in done])


async def as_they_complete(session: AsyncSession) -> list[object]:
    found: list[object] = []
    for finished in asyncio.as_completed([count_items(session), item_names(session)]):  # error: [session-shared-across-tasks]
        found.append(await finished)
    return found


async def as_they_complete_many(session: AsyncSession, ids: list[int]) -> list[Item | None]:
    pending = [load_item(session, item_id) for item_id in ids]
    return [await finished for finished in as_completed(pending)]  # error: [session-shared-across-tasks]


async def anyio_group(session: AsyncSession) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(count_items, session)
        group.start_soon(item_names, session)  # error: [session-shared-across-tasks]


async def anyio_group_in_a_loop(session: AsyncSession, ids: list[int]) -> None:
    async with anyio.create_task_group() as group:
        for item_id in ids:
            group.start_soon(load_item, session, item_id)  # error: [session-shared-across-tasks]


async def task_and_coroutine_gathered(session: AsyncSession) -> None:
    total = asyncio.create_task(count_items(session))
    await asyncio.gather(total, item_names(session))  # error: [session-shared-across-tasks]
