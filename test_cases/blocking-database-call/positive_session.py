"""A synchronous session in `async def`, however it got there."""

from collections.abc import AsyncIterator
from typing import Annotated

from database import factory, get_session
from fastapi import APIRouter, Depends
from models import Item
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session, sessionmaker

router = APIRouter()


async def parameter(session: Session) -> list[str]:
    """A parameter of the declared type."""
    return list(session.scalars(select(Item.name)))  # error: [blocking-database-call] `Session`


@router.get("/items")
async def dependency(session: Session = Depends(get_session)) -> int:
    """A dependency in a default: it was opened in a thread, and is used on the loop."""
    return len(session.execute(select(Item)).all())  # error: [blocking-database-call]


@router.get("/names")
async def annotated(session: Annotated[Session, Depends(get_session)]) -> str | None:
    """A dependency in an annotation."""
    return session.scalar(select(Item.name))  # error: [blocking-database-call]


async def opened_and_closed() -> None:
    """Opened by hand, as before there were context managers."""
    session = factory()
    try:
        session.execute(text("select 1"))  # error: [blocking-database-call]
    finally:
        session.close()


async def opened_in_a_block() -> Item | None:
    """Opened by `with`."""
    with factory() as session:
        return session.get(Item, 1)  # error: [blocking-database-call]


async def constructed(engine: Engine) -> Item:
    """The class itself, on an engine."""
    with Session(engine) as session:
        return session.get_one(Item, 1)  # error: [blocking-database-call]


async def written(session: Session) -> None:
    """Nothing waits before the flush, and the commit and the refresh wait each by themselves."""
    item = Item(name="new")
    session.add(item)
    session.flush()  # error: [blocking-database-call]
    session.commit()  # error: [blocking-database-call]
    session.refresh(item)  # error: [blocking-database-call]


async def merged(session: Session) -> Item:
    """`merge` reads the row."""
    return session.merge(Item(id=1, name="other"))  # error: [blocking-database-call]


async def legacy_query(session: Session) -> Item | None:
    """The query waits when it is run, not while it is built."""
    query = session.query(Item).filter(Item.id == 1)
    return query.first()  # error: [blocking-database-call]


async def legacy_count(session: Session) -> int:
    """`count` runs a statement."""
    return session.query(Item).count()  # error: [blocking-database-call]


async def from_a_local_factory(engine: Engine) -> None:
    """A factory of its own."""
    maker = sessionmaker(engine, expire_on_commit=False)
    with maker() as session:
        session.execute(text("select 1"))  # error: [blocking-database-call]


async def the_connection(session: Session) -> None:
    """`connection()` takes one out of the pool."""
    session.connection()  # error: [blocking-database-call]


class Repository:
    def __init__(self, session: Session) -> None:
        self.session = session

    async def names(self) -> list[str]:
        return list(self.session.scalars(select(Item.name)))  # error: [blocking-database-call]


async def held_by_an_object(session: Session) -> list[str]:
    """The session is an attribute; the finding stands in the method."""
    return await Repository(session).names()


async def _rows(session: Session) -> AsyncIterator[Item]:
    for item in session.execute(select(Item)).scalars():  # error: [blocking-database-call]
        yield item


async def asynchronous_generator(session: Session) -> int:
    """A generator of the asynchronous kind runs on the loop as well."""
    return len([item async for item in _rows(session)])
