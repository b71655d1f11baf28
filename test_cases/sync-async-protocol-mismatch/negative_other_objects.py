"""The same verbs on synchronous and on unrelated objects."""

from typing import Any

from models import Base, Item
from sqlalchemy import Connection, Engine, create_engine, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, sessionmaker

ITEMS = select(Item)


def sync_blocks(engine: Engine, factory: sessionmaker[Session]) -> None:
    """Synchronous sessions and connections are entered with `with`."""
    with factory() as session, session.begin():
        session.execute(ITEMS)
    with Session(engine) as session, session.begin_nested():
        session.execute(ITEMS)
    with engine.begin() as connection, connection.begin_nested():
        connection.execute(ITEMS)
    with factory.begin() as session:
        for item in session.scalars(ITEMS):
            print(item.name)


def sync_ddl(engine: Engine, connection: Connection) -> None:
    """Synchronous engines and connections."""
    Base.metadata.create_all(engine)
    Base.metadata.create_all(bind=connection)
    Base.metadata.drop_all(engine)


def script(url: str) -> None:
    """A synchronous engine made here."""
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()


def create_tables(connection: Connection) -> None:
    """What `run_sync` calls."""
    Base.metadata.create_all(connection)


class Cart:
    def __init__(self) -> None:
        self.items: list[Item] = []

    async def add(self, item: Item) -> None:
        self.items.append(item)

    async def expire(self, seconds: int) -> None: ...


async def own_class(session: Cart, item: Item) -> None:
    """A class of the project whose `add` is a coroutine function."""
    await session.add(item)
    await session.expire(5)


class BufferedSession(AsyncSession):
    async def add(self, instance: object, _warn: bool = True) -> None:  # type: ignore[override]
        AsyncSession.add(self, instance, _warn)


async def overridden(session: BufferedSession, item: Item) -> None:
    """The subclass has made `add` a coroutine function."""
    await session.add(item)


async def untyped(session, item, engine):  # type: ignore[no-untyped-def]
    """Nothing says what the parameters are."""
    await session.add(item)
    async with await engine.connect() as connection:
        print(connection)
    with session.begin():
        Base.metadata.create_all(engine)


async def anything(session: Any, item: Item) -> None:
    """Nothing says what `session` is."""
    await session.add(item)


async def either(session: AsyncSession | Session) -> None:
    """Only the caller knows which of the two it is."""
    if isinstance(session, Session):
        with session.begin():
            session.execute(ITEMS)
