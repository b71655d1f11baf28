from database import SessionDep
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from models import Item
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.background import BackgroundTask, BackgroundTasks

router = APIRouter()


async def touch(session: AsyncSession, item_id: int) -> None:
    item = await session.get_one(Item, item_id)
    item.name = "touched"
    await session.commit()


async def announce(item: Item) -> None:
    print("new item", item.name)


@router.post("/task/{item_id}")
async def task_by_position(item_id: int, session: SessionDep) -> JSONResponse:
    task = BackgroundTask(touch, session, item_id)  # error: [session-passed-to-background-task]
    return JSONResponse({"ok": True}, background=task)


@router.post("/task-keyword/{item_id}")
async def task_by_keyword(item_id: int, session: SessionDep) -> JSONResponse:
    return JSONResponse(
        {"ok": True},
        background=BackgroundTask(touch, session=session, item_id=item_id),  # error: [session-passed-to-background-task]
    )


@router.post("/instance/{item_id}")
async def task_with_an_instance(item_id: int, session: SessionDep) -> JSONResponse:
    item = await session.get_one(Item, item_id)
    task = BackgroundTask(announce, item)  # error: [session-passed-to-background-task]
    return JSONResponse({"ok": True}, background=task)


@router.post("/tasks/{item_id}")
async def tasks_made_here(item_id: int, session: SessionDep) -> JSONResponse:
    tasks = BackgroundTasks()
    tasks.add_task(touch, session, item_id)  # error: [session-passed-to-background-task]
    return JSONResponse({"ok": True}, background=tasks)
