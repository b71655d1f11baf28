import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from typing import Any

from models import Item
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_object_session

ITEMS = select(Item).order_by(Item.id)


async def awaited(session: AsyncSession, item: Item) -> list[Item]:
    """Every call is awaited."""
    await session.merge(item)
    await session.flush()
    found = (await session.execute(ITEMS)).scalars().all()
    names = [each.name for each in (await session.scalars(ITEMS)).all()]
    if await session.get(Item, 999):
        print(names)
    await session.commit()
    return list(found)


async def awaited_later(session: AsyncSession) -> list[Item]:
    """The coroutine is kept and awaited below."""
    pending = session.execute(ITEMS)
    print("running")
    return list((await pending).scalars().all())


async def awaited_in_a_branch(session: AsyncSession, wanted: bool) -> None:
    """Built before the test, awaited on one path; the other closes it."""
    pending = session.execute(ITEMS)
    if wanted:
        await pending
    else:
        pending.close()


def returned(session: AsyncSession, item_id: int) -> Awaitable[Item | None]:
    """The caller awaits what a wrapper returns."""
    return session.get(Item, item_id)


async def caller(session: AsyncSession) -> Item | None:
    """Awaits what the wrapper returns."""
    return await returned(session, 1)


async def gathered(first: AsyncSession, second: AsyncSession) -> None:
    """`gather` awaits its arguments."""
    await asyncio.gather(first.execute(ITEMS), second.execute(ITEMS))


async def waited_for(session: AsyncSession) -> None:
    """`wait_for` and `shield` await their argument."""
    await asyncio.wait_for(session.execute(ITEMS), timeout=5)
    await asyncio.shield(session.commit())


async def scheduled(session: AsyncSession) -> None:
    """A task runs the coroutine."""
    task = asyncio.create_task(session.execute(ITEMS))
    await task


async def in_a_task_group(session: AsyncSession) -> None:
    """A group runs the coroutine."""
    async with asyncio.TaskGroup() as group:
        group.create_task(session.execute(ITEMS))


async def collected(session: AsyncSession, items: list[Item]) -> None:
    """The list is awaited below."""
    pending = [session.delete(item) for item in items]
    for coroutine in pending:
        await coroutine


async def lambda_body(session: AsyncSession) -> Item | None:
    """The body of a lambda is what it returns, and that is awaited."""
    load = lambda item_id: session.get(Item, item_id)
    return await load(1)


async def attempt(work: Coroutine[Any, Any, object]) -> None:
    with suppress(TimeoutError):
        await work


async def handed_on(session: AsyncSession) -> None:
    """The callee awaits its argument."""
    await attempt(session.commit())


class Repository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def get(self, item_id: int) -> Awaitable[Item | None]:
        """The caller awaits what the method returns."""
        return self.session.get(Item, item_id)

    def commit(self) -> Awaitable[None]:
        """The caller awaits what the method returns."""
        return self.session.commit()


async def repository_awaited(session: AsyncSession) -> Item | None:
    """Awaits what the methods return."""
    repository = Repository(session)
    found = await repository.get(1)
    await repository.commit()
    return found


async def entered(session: AsyncSession, engine: AsyncEngine) -> None:
    """`begin`, `begin_nested` and `connect` are entered, not awaited."""
    async with session.begin():
        async with session.begin_nested():
            await session.execute(ITEMS)
    async with engine.connect() as connection:
        await connection.execute(ITEMS)
    async with session.begin_nested() as savepoint:
        await savepoint.rollback()


async def started_by_hand(connection: AsyncConnection) -> None:
    """A transaction that is awaited."""
    transaction = connection.begin()
    await transaction
    await transaction.commit()


async def savepoint_in_a_variable(session: AsyncSession) -> None:
    """Entered below."""
    savepoint = session.begin_nested()
    async with savepoint:
        await session.execute(ITEMS)


async def streamed(session: AsyncSession, connection: AsyncConnection) -> None:
    """A stream is awaited, the result iterated."""
    async for item in (await session.stream(ITEMS)).scalars():
        print(item)
    async with connection.stream(ITEMS) as rows:
        print(await rows.first())


async def conditional_await(session: AsyncSession, item: Item | None) -> object:
    """Awaited as a whole."""
    return await (session.merge(item) if item is not None else session.get(Item, 1))


async def row_from_elsewhere(session: AsyncSession, wanted: bool) -> object:
    """Chosen first, awaited at the end."""
    if wanted:
        pending: Awaitable[object] = session.get(Item, 1)
    else:
        pending = session.scalar(ITEMS)
    return await pending


async def yielded(session: AsyncSession, items: list[Item]) -> None:
    """A generator hands its coroutines to the loop that awaits them."""
    for coroutine in (session.delete(item) for item in items):
        await coroutine


async def returned_from_async_def(session: AsyncSession) -> Awaitable[Item | None]:
    """An awaitable on purpose: the caller awaits twice."""
    return session.get(Item, 1)


async def of_the_session_of_a_row(session: AsyncSession, item: Item) -> int:
    """The session that holds the row, awaited."""
    session.add(item)
    owner = async_object_session(item)
    return 0 if owner is None else len((await owner.scalars(ITEMS)).all())


async def of_no_session() -> bool:
    """A row that no session holds has none."""
    return async_object_session(Item(name="new")) is None
