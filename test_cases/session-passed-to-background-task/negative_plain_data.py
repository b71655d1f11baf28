import asyncio

from database import SessionDep, factory
from fastapi import APIRouter, BackgroundTasks
from fastapi.responses import JSONResponse
from models import Item
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.background import BackgroundTask

router = APIRouter()


class ItemView(BaseModel):
    id: int
    name: str


async def touch(item_id: int) -> None:
    async with factory() as session:
        item = await session.get_one(Item, item_id)
        item.name = "touched"
        await session.commit()


async def touch_with(maker: async_sessionmaker[AsyncSession], item_id: int) -> None:
    async with maker() as session:
        item = await session.get_one(Item, item_id)
        item.name = "touched"
        await session.commit()


async def announce(view: ItemView) -> None:
    print("new item", view.name)


async def announce_names(names: list[str], options: dict[str, object]) -> None:
    print(names, options)


@router.post("/id/{item_id}")
async def id_of_the_row(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    """A number; the task opens its own session."""
    item = await session.get_one(Item, item_id)
    tasks.add_task(touch, item.id)


@router.post("/factory/{item_id}")
async def the_factory(item_id: int, tasks: BackgroundTasks) -> None:
    """The factory may be shared."""
    tasks.add_task(touch_with, factory, item_id)
    tasks.add_task(touch_with, maker=factory, item_id=item_id)


@router.post("/schema/{item_id}")
async def a_schema(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    """A pydantic object holds copies of the values."""
    item = await session.get_one(Item, item_id)
    tasks.add_task(announce, ItemView(id=item.id, name=item.name))


@router.post("/validated/{item_id}")
async def a_validated_schema(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    """A pydantic object holds copies of the values."""
    item = await session.get_one(Item, item_id)
    view = ItemView.model_validate(item, from_attributes=True)
    tasks.add_task(announce, view=view)


@router.post("/names")
async def columns(tasks: BackgroundTasks, session: SessionDep) -> None:
    """Values of columns and a dict of them."""
    names = list((await session.scalars(select(Item.name))).all())
    total = len(names)
    tasks.add_task(announce_names, names, {"total": total})


@router.post("/closure/{item_id}")
async def closure_with_its_own_session(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    """The closure captures a number and opens its own session."""
    item = await session.get_one(Item, item_id)
    identity = item.id

    async def later() -> None:
        async with factory() as session:
            await session.get_one(Item, identity)

    tasks.add_task(later)


@router.post("/response/{item_id}")
async def task_of_a_response(item_id: int, session: SessionDep) -> JSONResponse:
    """A number in the task of the response."""
    item = await session.get_one(Item, item_id)
    return JSONResponse({"name": item.name}, background=BackgroundTask(touch, item.id))


@router.post("/create/{item_id}")
async def outliving_task_with_its_own_session(item_id: int, session: SessionDep) -> None:
    """The task outlives the handler, but not with the handler's session."""
    await session.get_one(Item, item_id)
    asyncio.create_task(touch(item_id))


@router.post("/awaited/{item_id}")
async def task_awaited_in_the_handler(item_id: int, session: SessionDep) -> str:
    """The task has ended when the handler returns."""

    async def name() -> str:
        return (await session.get_one(Item, item_id)).name

    task = asyncio.create_task(name())
    return await task


@router.post("/group/{item_id}")
async def task_group_in_the_handler(item_id: int, session: SessionDep) -> None:
    """The group has ended when the handler returns."""
    async with asyncio.TaskGroup() as group:
        group.create_task(session.get_one(Item, item_id))
