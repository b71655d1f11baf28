"""Plain functions: FastAPI runs path operations and dependencies of this kind in threads."""

from database import get_session
from fastapi import APIRouter, Depends
from models import Item
from sqlalchemy import select
from sqlalchemy.orm import Session

router = APIRouter()


@router.get("/plain")
def plain(session: Session = Depends(get_session)) -> int:
    return len(session.execute(select(Item)).all())


def first_item(session: Session = Depends(get_session)) -> str | None:
    return session.scalar(select(Item.name))


@router.get("/by-dependency")
async def by_dependency(name: str | None = Depends(first_item)) -> str | None:
    return name


@router.post("/later")
async def given_away(session: Session = Depends(get_session)) -> bool:
    """Nothing that waits is called: adding only remembers."""
    session.add(Item(name="x"))
    return bool(session.new)
