import functools
from dataclasses import dataclass

from database import SessionDep, get_session
from fastapi import APIRouter, BackgroundTasks, Depends
from models import Item
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

router = APIRouter()


async def touch(session: AsyncSession, item_id: int) -> None:
    item = await session.get_one(Item, item_id)
    item.name = "touched"
    await session.commit()


async def announce(item: Item) -> None:
    print("new item", item.name)


async def announce_all(items: list[Item], channel: str) -> None:
    print(channel, [item.name for item in items])


@router.post("/positional/{item_id}")
async def by_position(item_id: int, tasks: BackgroundTasks, session: AsyncSession = Depends(get_session)) -> None:
    tasks.add_task(touch, session, item_id)  # error: [session-passed-to-background-task] "add_task"


@router.post("/keyword/{item_id}")
async def by_keyword(item_id: int, background_tasks: BackgroundTasks, db: SessionDep) -> None:
    background_tasks.add_task(touch, session=db, item_id=item_id)  # error: [session-passed-to-background-task]


@router.post("/lines/{item_id}")
async def over_several_lines(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    tasks.add_task(  # error: [session-passed-to-background-task]
        touch,
        session=session,
        item_id=item_id,
    )


@router.post("/alias/{item_id}")
async def under_another_name(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    connection = session
    tasks.add_task(touch, connection, item_id)  # error: [session-passed-to-background-task]


@router.post("/instance/{item_id}")
async def loaded_instance(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    item = await session.get_one(Item, item_id)
    tasks.add_task(announce, item)  # error: [session-passed-to-background-task] "Item"


@router.post("/instance-keyword/{item_id}")
async def loaded_instance_by_keyword(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    item = await session.get_one(Item, item_id)
    tasks.add_task(announce, item=item)  # error: [session-passed-to-background-task]


@router.post("/new")
async def new_instance(tasks: BackgroundTasks, session: SessionDep) -> None:
    item = Item(name="new")
    session.add(item)
    await session.commit()
    tasks.add_task(announce, item)  # error: [session-passed-to-background-task]


@router.post("/list")
async def list_of_instances(tasks: BackgroundTasks, session: SessionDep) -> None:
    items = list((await session.scalars(select(Item))).all())
    tasks.add_task(announce_all, items, "mail")  # error: [session-passed-to-background-task]


@router.post("/session-and-instance/{item_id}")
async def session_and_instance(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    item = await session.get_one(Item, item_id)
    tasks.add_task(save, session, item)  # error: [session-passed-to-background-task]


async def save(session: AsyncSession, item: Item) -> None:
    session.add(item)
    await session.commit()


class ItemService:
    def __init__(self, session: SessionDep) -> None:
        self.session = session

    async def touch(self, item_id: int) -> None:
        await touch(self.session, item_id)

    async def schedule(self, tasks: BackgroundTasks, item_id: int) -> None:
        tasks.add_task(self.touch, item_id)  # error: [session-passed-to-background-task]


async def serve(service: ItemService, item_id: int) -> None:
    await service.touch(item_id)


@router.post("/object/{item_id}")
async def object_holding_the_session(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    service = ItemService(session)
    tasks.add_task(serve, service, item_id)  # error: [session-passed-to-background-task]


@router.post("/method/{item_id}")
async def method_of_such_an_object(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    service = ItemService(session)
    tasks.add_task(service.touch, item_id)  # error: [session-passed-to-background-task]


@router.post("/injected/{item_id}")
async def injected_object(item_id: int, tasks: BackgroundTasks, service: ItemService = Depends()) -> None:
    tasks.add_task(service.touch, item_id)  # error: [session-passed-to-background-task]


@dataclass
class Context:
    session: AsyncSession
    user: str


async def audit(context: Context) -> None:
    await context.session.scalar(select(Item.id))


@router.post("/context")
async def context_object(tasks: BackgroundTasks, session: SessionDep) -> None:
    tasks.add_task(audit, Context(session=session, user="me"))  # error: [session-passed-to-background-task]


@router.post("/partial/{item_id}")
async def partial(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    tasks.add_task(functools.partial(touch, session, item_id))  # error: [session-passed-to-background-task]


@router.post("/closure/{item_id}")
async def closure(item_id: int, tasks: BackgroundTasks, session: SessionDep) -> None:
    async def later() -> None:
        await touch(session, item_id)

    tasks.add_task(later)  # error: [session-passed-to-background-task]


@router.post("/bound")
async def bound_method_of_the_session(tasks: BackgroundTasks, session: SessionDep) -> None:
    tasks.add_task(session.commit)  # error: [session-passed-to-background-task]


def on_created(tasks: BackgroundTasks, session: SessionDep) -> None:
    tasks.add_task(touch, session, 1)  # error: [session-passed-to-background-task]


@router.post("/dependency", dependencies=[Depends(on_created)])
async def dependency_adds_the_task() -> None:
    return None
