"""Sessions of the application come from its own factory, whatever its tests use."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from database import get_session
from models import Job

app = FastAPI()


@app.get("/finish/{job_id}")
async def finish(job_id: int, session: AsyncSession = Depends(get_session)) -> str:
    """Fails: the commit expires the job."""
    job = await session.get_one(Job, job_id)
    job.state = "done"
    await session.commit()
    return job.state  # error: [expired-attribute-access] "state"
