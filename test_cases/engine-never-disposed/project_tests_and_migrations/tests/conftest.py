"""Fixtures, with and without an end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """pytest takes what is yielded, but disposes nothing."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/test.db")  # error: [engine-never-disposed]
    yield engine


@pytest_asyncio.fixture
async def session(tmp_path: Path) -> AsyncIterator[AsyncSession]:
    """The session is closed, its engine stays."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/session.db")  # error: [engine-never-disposed]
    async with AsyncSession(engine) as session:
        yield session


@pytest_asyncio.fixture
async def disposed_engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """The teardown disposes."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/disposed.db")
    yield engine
    await engine.dispose()
