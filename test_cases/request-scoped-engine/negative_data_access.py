"""A data-access object that owns one engine for its whole life."""

from types import TracebackType
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine


class OrderRepository:
    """`__init__` runs once per object, and `close` gives the pool back."""

    def __init__(self, url: str) -> None:
        self.engine = create_async_engine(url)

    async def count(self) -> int:
        """Uses the engine of the object."""
        async with AsyncSession(self.engine) as session:
            return (await session.execute(text("select 1"))).scalar_one()

    async def close(self) -> None:
        """Ends the life of the engine."""
        await self.engine.dispose()


class CustomerStore:
    """`__aenter__` is the constructor of an async context manager."""

    engine: AsyncEngine

    def __init__(self, url: str) -> None:
        self.url = url

    async def __aenter__(self) -> Self:
        self.engine = create_async_engine(self.url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.engine.dispose()

    async def count(self) -> int:
        """Uses the engine of the block."""
        async with self.engine.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one()


class ProductRepository:
    """Works with an engine that somebody else owns."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def count(self) -> int:
        """The options share the pool of the engine."""
        readonly = self.engine.execution_options(postgresql_readonly=True)
        async with readonly.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one()
