"""Synchronous engines and connections in `async def`."""

from models import Base, Item
from sqlalchemy import Connection, Engine, create_engine, insert, select, text


async def connecting(engine: Engine) -> None:
    """Taking the connection waits, and so does the statement."""
    with engine.connect() as connection:  # error: [blocking-database-call] `Engine`
        connection.execute(text("select 1"))  # error: [blocking-database-call] `Connection`


async def beginning(engine: Engine) -> None:
    """`begin` connects as well."""
    with engine.begin() as connection:  # error: [blocking-database-call]
        connection.execute(insert(Item).values(name="x"))  # error: [blocking-database-call]


async def made_here(url: str) -> int | None:
    """An engine of its own."""
    engine = create_engine(url)
    connection = engine.connect()  # error: [blocking-database-call]
    found = connection.scalar(select(Item.id))  # error: [blocking-database-call]
    connection.close()
    engine.dispose()
    return found


async def given(connection: Connection) -> list[str]:
    """A connection of the declared type."""
    return list(connection.scalars(select(Item.name)))  # error: [blocking-database-call]


async def raw(engine: Engine) -> None:
    """The connection of the driver."""
    engine.raw_connection().close()  # error: [blocking-database-call]


async def schema(engine: Engine) -> None:
    """DDL outside of start-up: connecting is what is reported."""
    with engine.connect() as connection:  # error: [blocking-database-call]
        Base.metadata.create_all(connection)
