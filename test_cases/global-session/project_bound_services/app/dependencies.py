"""Binds the request's session to the shared services."""

from collections.abc import AsyncIterator

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app import services
from app.services import SERVICES, DatabaseService, job_service

SessionFactory = async_sessionmaker(expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    """One session per request."""
    async with SessionFactory() as session:
        yield session


async def get_job_service(session: AsyncSession = Depends(get_session)) -> DatabaseService:
    """The second of two concurrent requests takes the session of the first."""
    job_service.bind_session(session)  # error: [global-session]
    return services.job_service


async def bind_all(session: AsyncSession = Depends(get_session)) -> None:
    """In a loop over all of them."""
    for service in SERVICES:
        service.bind_session(session)  # error: [global-session]
