"""A plain `def` can not await."""

from database import SessionDep, get_session
from fastapi import APIRouter, Depends
from models import Item
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

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
