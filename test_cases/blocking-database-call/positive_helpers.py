"""Plain functions that wait, called from `async def`: the finding stands at the call."""

from collections.abc import Iterator
from contextlib import contextmanager

from database import factory
from models import Item
from sqlalchemy import select, text
from sqlalchemy.orm import Session


def names_of(session: Session) -> list[str]:
    return list(session.scalars(select(Item.name)))


async def one_step(session: Session) -> list[str]:
    """The helper gets the session."""
    return names_of(session)  # error: [blocking-database-call]


def _opened_inside() -> int:
    with factory() as session:
        return len(names_of(session))


async def two_steps() -> int:
    """The helper opens the session, and another one uses it."""
    return _opened_inside()  # error: [blocking-database-call]


@contextmanager
def transaction() -> Iterator[Session]:
    with factory() as session:
        yield session
        session.commit()


async def context_manager() -> None:
    """The manager waits for its commit when the block ends."""
    with transaction() as session:  # error: [blocking-database-call]
        session.add(Item(name="x"))


def each(session: Session) -> Iterator[Item]:
    yield from session.execute(select(Item)).scalars()


async def generator(session: Session) -> list[str]:
    """A generator waits while it is iterated."""
    return [item.name for item in each(session)]  # error: [blocking-database-call]


class Service:
    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def count(self) -> int:
        return len(names_of(self.session))

    def ping(self) -> None:
        self.session.execute(text("select 1"))


async def method(session: Session) -> None:
    """A method of an object that holds the session."""
    Service(session).ping()  # error: [blocking-database-call]


async def a_property(session: Session) -> int:
    """Reading the property calls it."""
    return Service(session).count  # error: [blocking-database-call]


async def local_function(session: Session) -> int:
    """A function defined where it is called."""

    def count() -> int:
        return len(session.execute(select(Item)).all())

    return count()  # error: [blocking-database-call]
