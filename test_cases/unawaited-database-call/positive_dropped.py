"""Every coroutine method, its result dropped."""

from models import Item
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, AsyncTransaction


async def execute(session: AsyncSession) -> None:
    session.execute(insert(Item).values(name="x"))  # error: 5 [unawaited-database-call] "execute"


async def scalar(session: AsyncSession) -> None:
    session.scalar(select(Item.id))  # error: [unawaited-database-call]


async def scalars(session: AsyncSession) -> None:
    session.scalars(select(Item))  # error: [unawaited-database-call]


async def stream(session: AsyncSession) -> None:
    session.stream(select(Item))  # error: [unawaited-database-call]


async def stream_scalars(session: AsyncSession) -> None:
    session.stream_scalars(select(Item))  # error: [unawaited-database-call]


async def get(session: AsyncSession) -> None:
    session.get(Item, 1)  # error: [unawaited-database-call]


async def get_one(session: AsyncSession) -> None:
    session.get_one(Item, 1)  # error: [unawaited-database-call]


async def commit(session: AsyncSession) -> None:
    session.add(Item(name="x"))
    session.commit()  # error: 5 [unawaited-database-call] "commit"


async def rollback(session: AsyncSession) -> None:
    session.rollback()  # error: [unawaited-database-call]


async def flush(session: AsyncSession) -> None:
    session.add(Item(name="x"))
    session.flush()  # error: [unawaited-database-call]


async def refresh(session: AsyncSession, item: Item) -> None:
    session.refresh(item)  # error: [unawaited-database-call]


async def merge(session: AsyncSession, item: Item) -> None:
    session.merge(item)  # error: [unawaited-database-call]


async def delete(session: AsyncSession, item: Item) -> None:
    session.delete(item)  # error: [unawaited-database-call] "delete"
    await session.commit()


async def delete_all(session: AsyncSession, items: list[Item]) -> None:
    session.delete_all(items)  # error: [unawaited-database-call]


async def merge_all(session: AsyncSession, items: list[Item]) -> None:
    session.merge_all(items)  # error: [unawaited-database-call]


async def reset(session: AsyncSession) -> None:
    session.reset()  # error: [unawaited-database-call]


async def invalidate(session: AsyncSession) -> None:
    session.invalidate()  # error: [unawaited-database-call]


async def connection_of_a_session(session: AsyncSession) -> None:
    session.connection()  # error: [unawaited-database-call]


async def run_sync(session: AsyncSession) -> None:
    session.run_sync(lambda sync_session: sync_session.get(Item, 1))  # error: [unawaited-database-call]


async def close_all() -> None:
    AsyncSession.close_all()  # error: [unawaited-database-call]


async def savepoint(session: AsyncSession) -> None:
    session.begin_nested()  # error: [unawaited-database-call] "begin_nested"
    session.add(Item(name="x"))
    await session.commit()


async def transaction_of_a_session(session: AsyncSession) -> None:
    transaction = await session.begin()
    session.add(Item(name="x"))
    transaction.commit()  # error: [unawaited-database-call]


async def connection_execute(connection: AsyncConnection) -> None:
    connection.execute(insert(Item).values(name="x"))  # error: [unawaited-database-call]


async def connection_driver_sql(connection: AsyncConnection) -> None:
    connection.exec_driver_sql("insert into item (name) values ('x')")  # error: [unawaited-database-call]


async def connection_scalar(connection: AsyncConnection) -> None:
    connection.scalar(select(Item.id))  # error: [unawaited-database-call]


async def connection_scalars(connection: AsyncConnection) -> None:
    connection.scalars(select(Item.id))  # error: [unawaited-database-call]


async def connection_commit(connection: AsyncConnection) -> None:
    await connection.execute(insert(Item).values(name="x"))
    connection.commit()  # error: [unawaited-database-call]


async def connection_rollback(connection: AsyncConnection) -> None:
    connection.rollback()  # error: [unawaited-database-call]


async def connection_options(connection: AsyncConnection) -> None:
    connection.execution_options(isolation_level="AUTOCOMMIT")  # error: [unawaited-database-call]


async def connection_run_sync(connection: AsyncConnection) -> None:
    connection.run_sync(Item.metadata.create_all)  # error: [unawaited-database-call] "run_sync"


async def connection_invalidate(connection: AsyncConnection) -> None:
    connection.invalidate()  # error: [unawaited-database-call]


async def connection_raw(connection: AsyncConnection) -> None:
    connection.get_raw_connection()  # error: [unawaited-database-call]


async def connection_of_a_block(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        connection.execute(text("delete from item"))  # error: [unawaited-database-call]


async def engine_raw(engine: AsyncEngine) -> None:
    engine.raw_connection()  # error: [unawaited-database-call]


async def transaction_commit(connection: AsyncConnection) -> None:
    transaction = await connection.begin()
    await connection.execute(insert(Item).values(name="x"))
    transaction.commit()  # error: [unawaited-database-call]


async def transaction_rollback(transaction: AsyncTransaction) -> None:
    transaction.rollback()  # error: [unawaited-database-call]
