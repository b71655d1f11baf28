import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated

import anyio
from database import factory, get_archive_session, get_session
from fastapi import APIRouter, Depends
from models import Item
from queries import count_items, item_names, load_item
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

router = APIRouter()


async def own_session(item_id: int) -> Item | None:
    async with factory() as session:
        return await session.get(Item, item_id)


async def opened_inside_the_coroutine(ids: list[int]) -> None:
    """Every coroutine opens its own session."""
    await asyncio.gather(*[own_session(item_id) for item_id in ids])


async def closure_opens_its_own(session: AsyncSession, ids: list[int]) -> None:
    """The inner `session` hides the outer one."""

    async def load(item_id: int) -> Item | None:
        async with factory() as session:
            return await session.get(Item, item_id)

    await asyncio.gather(*[load(item_id) for item_id in ids])
    await session.commit()


@asynccontextmanager
async def session_scope() -> AsyncIterator[AsyncSession]:
    async with factory() as session:
        yield session


async def scope_opened_inside(item_id: int) -> Item | None:
    async with session_scope() as session:
        return await session.get(Item, item_id)


async def scopes(ids: list[int]) -> None:
    """Every coroutine opens its own session through the context manager."""
    async with asyncio.TaskGroup() as group:
        for item_id in ids:
            group.create_task(scope_opened_inside(item_id))


async def two_sessions() -> None:
    """Different sessions."""
    async with factory() as first, factory() as second:
        await asyncio.gather(count_items(first), item_names(second))


async def two_parameters(primary: AsyncSession, replica: AsyncSession) -> None:
    """Two parameters are two sessions unless a caller shows otherwise."""
    await asyncio.gather(count_items(primary), item_names(replica))


@router.get("/two")
async def two_dependencies(
    primary: Annotated[AsyncSession, Depends(get_session)],
    archive: Annotated[AsyncSession, Depends(get_archive_session)],
) -> None:
    """Different dependencies give different sessions."""
    await asyncio.gather(count_items(primary), item_names(archive))


@router.get("/uncached")
async def uncached_dependency(
    first: Annotated[AsyncSession, Depends(get_session)],
    second: Annotated[AsyncSession, Depends(get_session, use_cache=False)],
) -> None:
    """`use_cache=False` opens another session."""
    await asyncio.gather(count_items(first), item_names(second))


async def work_with(maker: async_sessionmaker[AsyncSession], item_id: int) -> Item | None:
    async with maker() as session:
        return await load_item(session, item_id)


async def factory_passed(maker: async_sessionmaker[AsyncSession], ids: list[int]) -> None:
    """The factory may be shared."""
    await asyncio.gather(*[work_with(maker, item_id) for item_id in ids])


class Service:
    def __init__(self, session: async_sessionmaker[AsyncSession]) -> None:
        self.session = session

    async def count(self) -> int:
        async with self.session() as session:
            return await count_items(session)

    async def names(self) -> list[str]:
        async with self.session.begin() as session:
            return await item_names(session)

    async def overview(self) -> tuple[int, list[str]]:
        """The attribute called session is a factory."""
        return await asyncio.gather(self.count(), self.names())


async def callable_factory(db: Callable[[], AsyncSession]) -> None:
    """`db` makes sessions."""

    async def count() -> int:
        async with db() as session:
            return await count_items(session)

    await asyncio.gather(count(), count())


async def session_for_each_turn(ids: list[int]) -> None:
    """A session of its own for every arm, made one line above."""
    async with anyio.create_task_group() as group:
        for item_id in ids:
            group.start_soon(own_session, item_id)


async def connections_of_their_own(engine: AsyncEngine) -> None:
    """The engine may be shared; every coroutine checks out its own connection."""

    async def count() -> int:
        async with engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(Item)) or 0

    await asyncio.gather(count(), count())


async def two_connections(engine: AsyncEngine) -> None:
    """Different connections."""
    statement = select(func.count()).select_from(Item)
    async with engine.connect() as first, engine.connect() as second:
        await asyncio.gather(first.execute(statement), second.execute(statement))


async def rebound(connection: AsyncConnection, engine: AsyncEngine) -> None:
    """The name is the same, the connection another one."""
    statement = select(func.count()).select_from(Item)
    counting = asyncio.create_task(count_on(connection))
    async with engine.connect() as connection:
        await connection.execute(statement)
    await counting


async def count_on(connection: AsyncConnection) -> int:
    return await connection.scalar(select(func.count()).select_from(Item)) or 0
