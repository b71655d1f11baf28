import asyncio
import functools
from collections.abc import Awaitable
from typing import TypeVar

from database import factory
from models import Item
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")


async def count(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Item)) or 0


async def names(session: AsyncSession) -> list[str]:
    return list((await session.scalars(select(Item.name))).all())


async def load(session: AsyncSession, item_id: int) -> Item | None:
    return await session.get(Item, item_id)


async def rename(*, db: AsyncSession, item_id: int, name: str) -> None:
    item = await db.get_one(Item, item_id)
    item.name = name
    await db.flush()


async def two_arms(session: AsyncSession) -> tuple[int, list[str]]:
    total, found = await asyncio.gather(count(session), names(session))  # error: [session-shared-across-tasks]
    return total, found


async def same_coroutine_twice(session: AsyncSession) -> None:
    await asyncio.gather(load(session, 1), load(session, 2))  # error: [session-shared-across-tasks]


async def over_several_lines(session: AsyncSession) -> list[object]:
    return await asyncio.gather(  # error: [session-shared-across-tasks] "gather"
        count(session),
        names(session),
        return_exceptions=True,
    )


async def keyword_arguments(session: AsyncSession) -> None:
    await asyncio.gather(  # error: [session-shared-across-tasks]
        rename(db=session, item_id=1, name="first"),
        rename(db=session, item_id=2, name="second"),
    )


async def under_another_name(session: AsyncSession) -> None:
    reader = session
    await asyncio.gather(count(session), names(reader))  # error: [session-shared-across-tasks]


async def bound_calls(db: AsyncSession) -> tuple[Item | None, Item | None]:
    return await asyncio.gather(db.get(Item, 1), db.get(Item, 2))  # error: [session-shared-across-tasks]


async def bound_statements(db: AsyncSession) -> None:
    page = select(Item).limit(10)
    total = select(func.count()).select_from(Item)
    await asyncio.gather(db.execute(page), db.scalar(total))  # error: [session-shared-across-tasks]


async def list_comprehension(session: AsyncSession, ids: list[int]) -> None:
    await asyncio.gather(*[load(session, item_id) for item_id in ids])  # error: [session-shared-across-tasks]


async def generator_expression(session: AsyncSession, ids: list[int]) -> None:
    await asyncio.gather(*(load(session, item_id) for item_id in ids))  # error: [session-shared-across-tasks]


async def comprehension_of_bound_calls(session: AsyncSession, items: list[Item]) -> None:
    await asyncio.gather(*[session.delete(item) for item in items])  # error: [session-shared-across-tasks]


async def comprehension_in_a_variable(session: AsyncSession, ids: list[int]) -> None:
    pending = [load(session, item_id) for item_id in ids]
    await asyncio.gather(*pending)  # error: [session-shared-across-tasks]


async def dict_comprehension(session: AsyncSession, ids: list[int]) -> None:
    pending = {item_id: load(session, item_id) for item_id in ids}
    await asyncio.gather(*pending.values())  # error: [session-shared-across-tasks]


async def map_of_a_partial(session: AsyncSession, ids: list[int]) -> None:
    await asyncio.gather(*map(functools.partial(load, session), ids))  # error: [session-shared-across-tasks]


async def appended_in_a_loop(session: AsyncSession, ids: list[int]) -> None:
    pending = []
    for item_id in ids:
        pending.append(load(session, item_id))
    await asyncio.gather(*pending)  # error: [session-shared-across-tasks]


async def appended_one_by_one(session: AsyncSession, with_names: bool) -> None:
    pending: list[Awaitable[object]] = [count(session)]
    if with_names:
        pending.append(names(session))
    await asyncio.gather(*pending)  # error: [session-shared-across-tasks]


async def lists_added(session: AsyncSession, ids: list[int]) -> None:
    pending = [load(session, item_id) for item_id in ids]
    await asyncio.gather(count(session), *pending)  # error: [session-shared-across-tasks]


async def literal_list_unpacked(session: AsyncSession) -> None:
    await asyncio.gather(*[count(session), names(session)])  # error: [session-shared-across-tasks]


async def coroutines_in_variables(session: AsyncSession) -> None:
    total = count(session)
    found = names(session)
    await asyncio.gather(total, found)  # error: [session-shared-across-tasks]


async def timed(work: Awaitable[T]) -> T:
    return await asyncio.wait_for(work, 5)


async def wrapped_in_another_coroutine(session: AsyncSession) -> None:
    await asyncio.gather(timed(count(session)), timed(names(session)))  # error: [session-shared-across-tasks]


async def wrapped_in_wait_for(session: AsyncSession) -> None:
    await asyncio.gather(  # error: [session-shared-across-tasks]
        asyncio.wait_for(count(session), 5),
        asyncio.wait_for(names(session), 5),
    )


async def gather_itself_timed(session: AsyncSession) -> None:
    work = asyncio.gather(count(session), names(session))  # error: [session-shared-across-tasks]
    await asyncio.wait_for(work, 5)


async def partials(session: AsyncSession) -> None:
    jobs = [functools.partial(count, session), functools.partial(names, session)]
    await asyncio.gather(*[job() for job in jobs])  # error: [session-shared-across-tasks]


async def lambdas(session: AsyncSession) -> None:
    first = lambda: count(session)
    second = lambda: names(session)
    await asyncio.gather(first(), second())  # error: [session-shared-across-tasks]


async def semaphore_of_several(session: AsyncSession, ids: list[int]) -> None:
    limit = asyncio.Semaphore(4)

    async def limited(item_id: int) -> Item | None:
        async with limit:
            return await session.get(Item, item_id)

    await asyncio.gather(*[limited(item_id) for item_id in ids])  # error: [session-shared-across-tasks]


async def lock_in_one_arm_only(session: AsyncSession) -> None:
    lock = asyncio.Lock()

    async def guarded() -> int:
        async with lock:
            return await count(session)

    await asyncio.gather(guarded(), names(session))  # error: [session-shared-across-tasks]


async def a_lock_for_each_worker(session: AsyncSession, ids: list[int]) -> None:
    async def guarded(item_id: int) -> Item | None:
        async with asyncio.Lock():
            return await session.get(Item, item_id)

    await asyncio.gather(*[guarded(item_id) for item_id in ids])  # error: [session-shared-across-tasks]


async def opened_here() -> None:
    async with factory() as session:
        await asyncio.gather(count(session), names(session))  # error: [session-shared-across-tasks]


async def use_three_calls_down(session: AsyncSession) -> int:
    return await one_level_down(session)


async def one_level_down(session: AsyncSession) -> int:
    return await count(session)


async def used_by_a_callee(session: AsyncSession) -> None:
    await asyncio.gather(use_three_calls_down(session), one_level_down(session))  # error: [session-shared-across-tasks]
