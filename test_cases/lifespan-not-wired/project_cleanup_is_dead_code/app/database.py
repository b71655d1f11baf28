"""One engine per database name."""

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


class EngineFactory:
    """Keeps the engines that it made."""

    def __init__(self) -> None:
        self.engine_map: dict[str, AsyncEngine] = {}

    async def cleanup(self) -> None:
        """Disposes all of them."""
        for engine in self.engine_map.values():
            await engine.dispose()
        self.engine_map = {}

    def get_engine(self, name: str = "orders") -> AsyncEngine:
        """Builds an engine on first use."""
        if name not in self.engine_map:
            self.engine_map[name] = create_async_engine(DATABASE_URL, pool_pre_ping=True)
        return self.engine_map[name]

    def get_session(self, name: str = "orders") -> AsyncSession:
        """The caller enters the session."""
        return AsyncSession(self.get_engine(name), expire_on_commit=False)


engine_factory = EngineFactory()
