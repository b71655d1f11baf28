"""A task that nobody awaits before the handler returns."""

import asyncio

from database import SessionDep
from fastapi import APIRouter
from models import Item
from sqlalchemy.ext.asyncio import AsyncSession

router = APIRouter()
running: set[asyncio.Task[None]] = set()


async def report(session: AsyncSession, item_id: int) -> None:
    await asyncio.sleep(0.1)
    print((await session.get_one(Item, item_id)).name)


@router.post("/dropped/{item_id}")
async def dropped(item_id: int, session: SessionDep) -> None:
    asyncio.create_task(report(session, item_id))  # error: [session-passed-to-background-task] "create_task"


@router.post("/kept/{item_id}")
async def kept_in_a_module_set(item_id: int, session: SessionDep) -> dict[str, bool]:
    task = asyncio.create_task(report(session, item_id))  # error: [session-passed-to-background-task]
    running.add(task)
    task.add_done_callback(running.discard)
    return {"ok": True}


@router.post("/future/{item_id}")
async def ensure_future(item_id: int, session: SessionDep) -> None:
    asyncio.ensure_future(report(session, item_id))  # error: [session-passed-to-background-task]


@router.post("/loop/{item_id}")
async def loop_method(item_id: int, session: SessionDep) -> None:
    asyncio.get_running_loop().create_task(report(session, item_id))  # error: [session-passed-to-background-task]


@router.post("/closure/{item_id}")
async def closure(item_id: int, session: SessionDep) -> None:
    async def later() -> None:
        await report(session, item_id)

    asyncio.create_task(later())  # error: [session-passed-to-background-task]
