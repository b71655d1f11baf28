"""The application."""

from collections.abc import AsyncIterator

from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.services import DatabaseService, outbox

SessionFactory = async_sessionmaker(expire_on_commit=False)
outbox.bind(SessionFactory)

app = FastAPI()


async def get_session() -> AsyncIterator[AsyncSession]:
    """One session per request."""
    async with SessionFactory() as session:
        yield session


def get_service(session: AsyncSession = Depends(get_session)) -> DatabaseService:
    """One service per request."""
    return DatabaseService(session)


@app.get("/jobs")
async def count_jobs(service: DatabaseService = Depends(get_service)) -> int:
    """Scoped to the request."""
    return await service.count()
