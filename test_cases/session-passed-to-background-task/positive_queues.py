"""Schedulers and job queues run their jobs when the request is long over."""

from typing import Annotated

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from arq import ArqRedis, create_pool
from database import SessionDep
from fastapi import APIRouter, Depends
from models import Item
from sqlalchemy.ext.asyncio import AsyncSession

router = APIRouter()
scheduler = AsyncIOScheduler()


async def get_queue() -> ArqRedis:
    return await create_pool()


async def touch(session: AsyncSession, item_id: int) -> None:
    await session.get_one(Item, item_id)


@router.post("/schedule/{item_id}")
async def scheduled(item_id: int, session: SessionDep) -> None:
    scheduler.add_job(touch, args=[session, item_id])  # error: [session-passed-to-background-task]


@router.post("/enqueue/{item_id}")
async def enqueued(item_id: int, session: SessionDep, queue: Annotated[ArqRedis, Depends(get_queue)]) -> None:
    item = await session.get_one(Item, item_id)
    await queue.enqueue_job("announce", item)  # error: [session-passed-to-background-task]
