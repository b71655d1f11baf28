import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from models import Item
from queries import count_items, item_names
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def closure(session: AsyncSession, ids: list[int]) -> list[Item | None]:
    async def load(item_id: int) -> Item | None:
        return await session.get(Item, item_id)

    return await asyncio.gather(*[load(item_id) for item_id in ids])  # error: [session-shared-across-tasks]


async def two_closures(session: AsyncSession) -> None:
    async def total() -> int:
        return await count_items(session)

    async def names() -> list[str]:
        return await item_names(session)

    async with asyncio.TaskGroup() as group:
        group.create_task(total())
        group.create_task(names())  # error: [session-shared-across-tasks]


async def closure_over_a_closure(session: AsyncSession, ids: list[int]) -> None:
    async def load(item_id: int) -> Item | None:
        return await session.get(Item, item_id)

    async def logged(item_id: int) -> None:
        print(await load(item_id))

    await asyncio.gather(*(logged(item_id) for item_id in ids))  # error: [session-shared-across-tasks]


class ItemRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def count(self) -> int:
        return await self.session.scalar(select(func.count()).select_from(Item)) or 0

    async def names(self) -> list[str]:
        return list((await self.session.scalars(select(Item.name))).all())

    async def get(self, item_id: int) -> Item | None:
        return await self.session.get(Item, item_id)

    async def overview(self) -> tuple[int, list[str]]:
        return await asyncio.gather(self.count(), self.names())  # error: [session-shared-across-tasks]

    async def overview_bound(self) -> tuple[Item | None, Item | None]:
        return await asyncio.gather(  # error: [session-shared-across-tasks]
            self.session.get(Item, 1),
            self.session.get(Item, 2),
        )

    async def many(self, ids: list[int]) -> list[Item | None]:
        return await asyncio.gather(*[self.get(item_id) for item_id in ids])  # error: [session-shared-across-tasks]

    async def handed_on(self) -> None:
        await asyncio.gather(count_items(self.session), self.names())  # error: [session-shared-across-tasks]


class AuditedRepository(ItemRepository):
    async def audited(self) -> None:
        await asyncio.gather(self.count(), self.get(1))  # error: [session-shared-across-tasks]


async def object_built_here(session: AsyncSession) -> None:
    repository = ItemRepository(session)
    await asyncio.gather(repository.count(), repository.names())  # error: [session-shared-across-tasks]


async def object_built_by_keyword(session: AsyncSession) -> None:
    repository = ItemRepository(session=session)
    await asyncio.gather(repository.count(), count_items(session))  # error: [session-shared-across-tasks]


async def two_objects_one_session(session: AsyncSession) -> None:
    first = ItemRepository(session)
    second = ItemRepository(session)
    await asyncio.gather(first.count(), second.names())  # error: [session-shared-across-tasks]


async def object_as_parameter(repository: ItemRepository) -> None:
    await asyncio.gather(repository.count(), repository.names())  # error: [session-shared-across-tasks]


def build_repository(session: AsyncSession) -> ItemRepository:
    return ItemRepository(session)


async def object_from_a_function(session: AsyncSession) -> None:
    repository = build_repository(session)
    await asyncio.gather(repository.count(), repository.names())  # error: [session-shared-across-tasks]


class UnitOfWork:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.items = ItemRepository(session)
        self.archive = ItemRepository(self._session)

    async def commit(self) -> None:
        await self._session.commit()


async def attribute_chain(session: AsyncSession) -> None:
    uow = UnitOfWork(session)
    await asyncio.gather(uow.items.count(), uow.items.names())  # error: [session-shared-across-tasks]


async def attribute_chains_to_one_session(uow: UnitOfWork) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(uow.items.count())
        group.create_task(uow.archive.count())  # error: [session-shared-across-tasks]


@dataclass
class Context:
    session: AsyncSession
    limit: int = 10


async def compile_item(context: Context, item_id: int) -> Item | None:
    return await context.session.get(Item, item_id)


async def context_dataclass(context: Context, ids: list[int]) -> None:
    await asyncio.gather(*[compile_item(context, item_id) for item_id in ids])  # error: [session-shared-across-tasks]


async def context_built_here(session: AsyncSession, ids: list[int]) -> None:
    context = Context(session=session)
    pending = []
    for item_id in ids:
        pending.append(compile_item(context, item_id))
    await asyncio.gather(*pending)  # error: [session-shared-across-tasks]


class Node:
    def __init__(self, item_id: int) -> None:
        self.item_id = item_id

    async def compile(self, context: Context) -> Item | None:
        return await context.session.get(Item, self.item_id)


async def method_given_the_context(context: Context, nodes: list[Node]) -> None:
    await asyncio.gather(*[node.compile(context) for node in nodes])  # error: [session-shared-across-tasks]


async def retried(make: Callable[[], Coroutine[None, None, int]]) -> int:
    try:
        return await make()
    except TimeoutError:
        return await make()


async def lambda_argument(session: AsyncSession, ids: list[int]) -> None:
    await asyncio.gather(*[retried(lambda: count_items(session)) for _ in ids])  # error: [session-shared-across-tasks]


async def bound_method_argument(session: AsyncSession) -> None:
    repository = ItemRepository(session)
    await asyncio.gather(retried(repository.count), retried(repository.count))  # error: [session-shared-across-tasks]


async def in_a_tuple(pair: tuple[AsyncSession, int]) -> int:
    session, limit = pair
    return min(limit, await count_items(session))


async def carried_by_a_tuple(session: AsyncSession) -> None:
    pair = (session, 5)
    await asyncio.gather(in_a_tuple(pair), in_a_tuple(pair))  # error: [session-shared-across-tasks]
