"""A test may build what it wants."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


class OrderRepositoryForTests:
    """A helper of the tests, named like a repository."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def count(self) -> int:
        """Uses the engine of the test."""
        async with self.engine.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one()


async def test_count(tmp_path: Path) -> None:
    """Builds an engine for itself."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/own.db")
    try:
        assert await OrderRepositoryForTests(engine).count() == 1
    finally:
        await engine.dispose()
