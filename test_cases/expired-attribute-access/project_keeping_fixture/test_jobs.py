"""Tests get their session from a fixture, whose factory is another than the application's."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from models import Job


def keeping(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, expire_on_commit=False)


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with keeping(engine)() as session:
        yield session


async def test_finished_job_keeps_its_state(session: AsyncSession) -> None:
    """Nothing expires in the session of the fixture."""
    job = Job(id=7, state="done")
    session.add(job)
    await session.commit()
    assert job.state == "done"
