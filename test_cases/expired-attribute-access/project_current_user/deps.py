"""Session and user of the request; FastAPI calls `get_db` once for both."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from models import User

SessionLocal = async_sessionmaker()


async def get_db() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


async def get_own_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


Db = Annotated[AsyncSession, Depends(get_db)]
OwnDb = Annotated[AsyncSession, Depends(get_own_session)]


async def current_user(db: Db) -> User:
    return await db.get_one(User, 1)


CurrentUser = Annotated[User, Depends(current_user)]
