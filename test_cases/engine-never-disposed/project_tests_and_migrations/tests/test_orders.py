"""A test that builds its own engine."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


async def test_leaks(tmp_path: Path) -> None:
    """One leftover thread for each run."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/leak.db")  # error: [engine-never-disposed]
    async with engine.connect() as connection:
        assert (await connection.execute(text("select 1"))).scalar_one() == 1


async def test_clean(tmp_path: Path) -> None:
    """Disposes in the end."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/clean.db")
    try:
        async with engine.connect() as connection:
            assert (await connection.execute(text("select 1"))).scalar_one() == 1
    finally:
        await engine.dispose()
