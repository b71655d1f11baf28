"""Engines and sessions on `self`, closed without await by the owner's methods."""

from types import TracebackType

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine


class Database:
    """`close` is async, the call in it is not awaited."""

    def __init__(self, url: str) -> None:
        self.engine = create_async_engine(url)

    async def close(self) -> None:
        self.engine.dispose()  # error: 9 [dispose-not-awaited]


class Destructor:
    """A destructor can not await."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url)

    def __del__(self) -> None:
        self._engine.dispose()  # error: [dispose-not-awaited]


class UnitOfWork:
    """`__aexit__` forgets the await."""

    session: AsyncSession

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self._factory = factory

    async def __aenter__(self) -> AsyncSession:
        self.session = self._factory()
        return self.session

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()  # error: [dispose-not-awaited]


class Registry:
    """One of many, in a loop."""

    def __init__(self) -> None:
        self.engines: dict[str, AsyncEngine] = {}

    async def close_all(self) -> None:
        for engine in self.engines.values():
            engine.dispose()  # error: [dispose-not-awaited]
