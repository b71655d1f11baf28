"""Session parameters: every session of this project comes from that factory."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from database import get_session
from models import Job

app = FastAPI()


async def _finish(session: AsyncSession, job: Job) -> None:
    job.state = "done"
    await session.commit()


@app.get("/finish/{job_id}")
async def finish(job_id: int, session: AsyncSession = Depends(get_session)) -> str:
    """Fails: the helper commits the request's session."""
    job = await session.get_one(Job, job_id)
    await _finish(session, job)
    return job.state  # error: [expired-attribute-access] "state"


@app.get("/create")
async def create(session: AsyncSession = Depends(get_session)) -> int:
    """Fails: the key of the new row is expired by the commit."""
    job = Job()
    session.add(job)
    await session.commit()
    return job.id  # error: [expired-attribute-access] "id"


@app.get("/refreshed")
async def create_and_refresh(session: AsyncSession = Depends(get_session)) -> int:
    """Refreshed."""
    job = Job()
    session.add(job)
    await session.commit()
    await session.refresh(job)
    return job.id


@app.get("/loop")
async def loop(session: AsyncSession = Depends(get_session)) -> str:
    """Read before the commit."""
    job = await session.get_one(Job, 1)
    state = job.state
    await _finish(session, job)
    return state
