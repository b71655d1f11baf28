"""Session factories and the request's session; the application binds the factories."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Keeping = async_sessionmaker(expire_on_commit=False)
Expiring = async_sessionmaker()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with Keeping() as session:
        yield session


async def get_expiring_session() -> AsyncIterator[AsyncSession]:
    async with Expiring() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
ExpiringDep = Annotated[AsyncSession, Depends(get_expiring_session)]
