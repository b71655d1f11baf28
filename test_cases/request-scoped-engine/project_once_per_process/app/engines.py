"""Engine construction and the registry of engines by tenant."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


def create_engine() -> AsyncEngine:
    """Called by the lifespan only."""
    return create_async_engine(DATABASE_URL, pool_pre_ping=True)


class EngineRegistry:
    """One engine per database name, for the life of the process."""

    def __init__(self) -> None:
        self.engines: dict[str, AsyncEngine] = {}

    def get(self, name: str) -> AsyncEngine:
        """Called per request, constructs at most once per name."""
        if name not in self.engines:
            self.engines[name] = create_async_engine(f"{DATABASE_URL}_{name}")
        return self.engines[name]

    async def close_all(self) -> None:
        """Called by the lifespan."""
        for engine in self.engines.values():
            await engine.dispose()
        self.engines.clear()


registry = EngineRegistry()
