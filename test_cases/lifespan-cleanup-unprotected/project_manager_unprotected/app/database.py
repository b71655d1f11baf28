"""Owner of the engine."""

from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine


class Database:
    """Engine and factory."""

    def __init__(self, url: str) -> None:
        self.engine = create_async_engine(url)
        self.session_factory = async_sessionmaker(self.engine, expire_on_commit=False)

    async def close(self) -> None:
        """Disposes."""
        await self.engine.dispose()
