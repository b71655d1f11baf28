from models import Item
from sqlalchemy import Connection, CursorResult, Result, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session, sessionmaker


async def methods_without_io(session: AsyncSession, item: Item) -> bool:
    """`add`, `expunge` and their like are ordinary methods."""
    session.add(item)
    session.add_all([item])
    session.expire(item)
    session.expire_all()
    session.expunge(item)
    session.expunge_all()
    with session.no_autoflush:
        print(item in session, session.in_transaction(), session.in_nested_transaction())
    if session.is_modified(item) or session.get_transaction() or session.get_nested_transaction():
        return bool(session.dirty)
    session.get_bind()
    session.object_session(item)
    return session.is_active


def sync_session(session: Session, item: Item) -> Item | None:
    """A synchronous session."""
    session.execute(select(Item))
    session.delete(item)
    session.flush()
    session.commit()
    if session.get(Item, 999):
        return session.get(Item, 1)
    return session.scalars(select(Item)).first()


def sync_factory(make: sessionmaker[Session]) -> None:
    """A synchronous session from a factory."""
    with make() as session:
        session.execute(select(Item))
        session.commit()


def work(session: Session) -> list[str]:
    session.execute(select(Item))
    return list(session.scalars(select(Item.name)))


async def run_sync(session: AsyncSession) -> list[str]:
    """The function gets the synchronous session."""
    await session.run_sync(lambda sync_session: sync_session.get(Item, 1))
    return await session.run_sync(work)


async def either(session: AsyncSession | Session) -> None:
    """Only the caller knows which of the two it is."""
    if isinstance(session, AsyncSession):
        await session.commit()
    else:
        session.commit()


async def one_of_them(session: AsyncSession) -> list[str]:
    """This caller knows, so that only the first branch of the helper is taken."""
    await either(session)
    result = await _execute(session)
    return list(result.scalars())


async def _execute(session: AsyncSession | Session) -> Result[tuple[str]]:
    if isinstance(session, AsyncSession):
        found = await session.execute(select(Item.name))
        return found
    found = session.execute(select(Item.name))
    return found


async def connection_of_one_kind(engine: AsyncEngine) -> int:
    """An asynchronous connection is none of the other kind."""
    async with engine.connect() as connection:
        result = await _scalar(connection)
        return result.scalar_one()


async def _scalar(connection: AsyncConnection | Connection) -> CursorResult[tuple[int]]:
    if isinstance(connection, Connection):
        return connection.execute(text("select 1"))
    return await connection.execute(text("select 1"))


async def untyped(session, item):  # type: ignore[no-untyped-def]
    """Nothing says what `session` is."""
    session.delete(item)
    session.commit()


class Basket:
    def commit(self) -> None: ...

    def execute(self, command: str) -> str:
        return command


async def own_class(session: Basket) -> str:
    """A class of the project with methods of the same names."""
    session.commit()
    return session.execute("pay").upper()


class PlainRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def remove(self, item: Item) -> None:
        """A synchronous session."""
        self.session.delete(item)
        self.session.commit()


async def factory_settings(factory: async_sessionmaker[AsyncSession]) -> None:
    """`configure` is an ordinary method."""
    factory.configure(expire_on_commit=False)
    async with factory() as session:
        session.sync_session.expire_on_commit = False
        await session.commit()
