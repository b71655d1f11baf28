"""A plain `def` can not await."""

from database import SessionDep, factory, get_session
from fastapi import APIRouter, Depends
from models import Item
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

router = APIRouter()


@router.get("/items")
def list_items(session: AsyncSession = Depends(get_session)) -> list[str]:
    return list(session.scalars(select(Item.name)).all())  # error: [unawaited-database-call]


@router.post("/items")
def create_item(session: SessionDep) -> dict[str, bool]:
    session.add(Item(name="new"))
    session.commit()  # error: [unawaited-database-call]
    return {"ok": True}


@router.get("/items/{item_id}")
def returned_to_fastapi(item_id: int, session: SessionDep) -> object:
    return session.get(Item, item_id)  # error: [unawaited-database-call]


def current_item(item_id: int, session: SessionDep) -> Item:
    item = session.get(Item, item_id)  # error: [unawaited-database-call]
    if item is None:
        raise LookupError(item_id)
    return item


@router.get("/names/{item_id}")
async def name(item: Item = Depends(current_item)) -> object:
    return item


def plain_helper(session: AsyncSession, item: Item) -> None:
    session.add(item)
    session.flush()  # error: [unawaited-database-call]


class Keeper:
    def __init__(self, produce: async_sessionmaker[AsyncSession]) -> None:
        self.produce = produce

    def save(self) -> None:
        current = self.produce()
        current.commit()  # error: [unawaited-database-call]


class Holder:
    def __init__(self) -> None:
        self.fresh = factory

    def save(self) -> None:
        current = self.fresh()
        current.commit()  # error: [unawaited-database-call]


def fresh() -> AsyncSession:
    return factory()


def through_a_plain_function() -> None:
    current = fresh()
    current.commit()  # error: [unawaited-database-call]


def given_a_factory(produce: async_sessionmaker[AsyncSession]) -> None:
    produce().rollback()  # error: [unawaited-database-call]
