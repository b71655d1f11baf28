"""An AsyncSession in another thread has neither the event loop nor the greenlet."""

import asyncio
import functools

import anyio.to_thread
from fastapi.concurrency import run_in_threadpool
from models import Item
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.concurrency import run_in_threadpool as starlette_threadpool

COUNT = select(func.count()).select_from(Item)


def count_items(session: AsyncSession) -> int | None:
    return session.sync_session.scalar(COUNT)


async def to_thread(session: AsyncSession) -> int | None:
    return await asyncio.to_thread(count_items, session)  # error: [session-shared-across-tasks] "to_thread"


async def to_thread_by_keyword(session: AsyncSession) -> int | None:
    return await asyncio.to_thread(count_items, session=session)  # error: [session-shared-across-tasks]


async def to_thread_twice(session: AsyncSession) -> None:
    await asyncio.gather(  # error: [session-shared-across-tasks]
        asyncio.to_thread(count_items, session),
        asyncio.to_thread(count_items, session),
    )


async def executor(session: AsyncSession) -> int | None:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, count_items, session)  # error: [session-shared-across-tasks]


async def executor_with_partial(session: AsyncSession) -> int | None:
    loop = asyncio.get_running_loop()
    job = functools.partial(count_items, session)
    return await loop.run_in_executor(None, job)  # error: [session-shared-across-tasks]


async def executor_with_lambda(session: AsyncSession) -> int | None:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, lambda: count_items(session))  # error: [session-shared-across-tasks]


async def fastapi_threadpool(session: AsyncSession) -> int | None:
    return await run_in_threadpool(count_items, session)  # error: [session-shared-across-tasks]


async def fastapi_threadpool_bound(session: AsyncSession) -> int | None:
    return await run_in_threadpool(session.sync_session.scalar, COUNT)  # error: [session-shared-across-tasks]


async def starlette_threadpool_closure(session: AsyncSession) -> int | None:
    def work() -> int | None:
        return session.sync_session.scalar(COUNT)

    return await starlette_threadpool(work)  # error: [session-shared-across-tasks]


async def anyio_thread(session: AsyncSession) -> int | None:
    return await anyio.to_thread.run_sync(count_items, session)  # error: [session-shared-across-tasks]
