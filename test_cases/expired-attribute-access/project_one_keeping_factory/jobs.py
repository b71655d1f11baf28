"""Session parameters: every session of this project comes from that factory."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from database import get_session
from models import Job

app = FastAPI()


@app.get("/finish/{job_id}")
async def finish(job_id: int, session: AsyncSession = Depends(get_session)) -> str:
    """Nothing expires."""
    job = await session.get_one(Job, job_id)
    job.state = "done"
    await session.commit()
    return job.state


@app.get("/undo/{job_id}")
async def undo(job_id: int, session: AsyncSession = Depends(get_session)) -> str:
    """Fails: a rollback expires all the same."""
    job = await session.get_one(Job, job_id)
    job.state = "done"
    await session.rollback()
    return job.state  # error: [expired-attribute-access] "state"
