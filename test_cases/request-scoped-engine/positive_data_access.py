"""Methods of data-access classes run for every call, so an engine there is one per call."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


class OrderRepository:
    """Opens a new pool in each of its methods."""

    async def count(self) -> int:
        engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
        async with AsyncSession(engine) as session:
            return (await session.execute(text("select count(*) from orders"))).scalar_one()

    @classmethod
    async def delete_all(cls) -> None:
        engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
        async with engine.begin() as connection:
            await connection.execute(text("delete from orders"))
        await engine.dispose()


class CustomerDAO:
    """A property is a method: each read of `engine` is another pool."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def engine(self) -> AsyncEngine:
        return create_async_engine(self.url)  # error: [request-scoped-engine]

    async def count(self) -> int:
        async with self.engine.connect() as connection:
            return (await connection.execute(text("select count(*) from customers"))).scalar_one()
