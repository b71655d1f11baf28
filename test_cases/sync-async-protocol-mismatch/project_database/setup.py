from database import Database
from models import Base, Item


async def tables(database: Database) -> None:
    Base.metadata.create_all(database.engine)  # error: [sync-async-protocol-mismatch]


async def tables_well(database: Database) -> None:
    """Fine: `run_sync` gives the function a synchronous connection."""
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


async def rows(database: Database) -> None:
    with database.session() as session:  # error: [sync-async-protocol-mismatch]
        print(session)


async def rows_well(database: Database) -> None:
    """Fine: entered with `async with`."""
    async with database.session() as session:
        session.add(Item(name="x"))
        await session.commit()


async def new_row(database: Database) -> None:
    async with database.sessions.begin() as session:
        await session.add(Item(name="x"))  # error: [sync-async-protocol-mismatch]
