"""Classes that own an engine and can give it back."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Self

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


class Database:
    """`close` disposes the engine of `__init__`."""

    def __init__(self, url: str) -> None:
        self.engine = create_async_engine(url)
        self.session_factory = async_sessionmaker(self.engine, expire_on_commit=False)

    async def close(self) -> None:
        """The owner method."""
        await self.engine.dispose()


class ManagedDatabase:
    """An async context manager disposes at the end of its block."""

    _engine: AsyncEngine | None = None

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> Self:
        self._engine = create_async_engine(self._url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._engine is not None:
            await self._engine.dispose()

    async def ping(self) -> int:
        """Uses the engine of the block."""
        assert self._engine is not None
        async with self._engine.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one()


class BaseGateway:
    """The disposal stands in the base class."""

    engine: AsyncEngine

    async def close(self) -> None:
        """Disposes what the subclass built."""
        await self.engine.dispose()


class ReportGateway(BaseGateway):
    """Builds its engine, inherits `close`."""

    def __init__(self, url: str) -> None:
        self.engine = create_async_engine(url)


class Holder:
    """Has no close of its own; whoever holds it disposes `holder.engine`."""

    def __init__(self, url: str) -> None:
        self.engine = create_async_engine(url)


class Stacked:
    """An exit stack on `self` disposes."""

    def __init__(self, url: str) -> None:
        self._stack = AsyncExitStack()
        self.engine = create_async_engine(url)
        self._stack.push_async_callback(self.engine.dispose)

    async def close(self) -> None:
        """Unwinds the stack."""
        await self._stack.aclose()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Closes each of them, the holder through its attribute."""
    async with AsyncExitStack() as stack:
        database = Database(DATABASE_URL)
        stack.push_async_callback(database.close)
        gateway = ReportGateway(DATABASE_URL)
        stack.push_async_callback(gateway.close)
        holder = Holder(DATABASE_URL)
        stack.push_async_callback(holder.engine.dispose)
        stacked = Stacked(DATABASE_URL)
        stack.push_async_callback(stacked.close)
        app.state.managed = await stack.enter_async_context(ManagedDatabase(DATABASE_URL))
        yield


app = FastAPI(lifespan=lifespan)
