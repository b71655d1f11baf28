"""pytest resumes a fixture whatever the test did: its teardown always runs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """No `finally` needed."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    yield engine
    await engine.dispose()


@pytest.fixture
async def prepared_engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """The anyio spelling, with work before the yield."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/prepared.db")
    async with engine.begin() as connection:
        await connection.execute(text("create table orders (id integer primary key)"))
    yield engine
    await engine.dispose()
