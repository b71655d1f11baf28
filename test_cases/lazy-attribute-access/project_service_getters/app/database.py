"""Sessions under names and types of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NewType

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

ReadSession = NewType("ReadSession", AsyncSession)
WriteSession = NewType("WriteSession", ReadSession)
factory = async_sessionmaker(expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with factory() as session:
        yield session
        await session.commit()


session_scope = asynccontextmanager(get_session)


class Database:
    async def session(self) -> AsyncIterator[AsyncSession]:
        async with factory() as session:
            yield session

    def __init__(self) -> None:
        self.scope = asynccontextmanager(self.session)


database = Database()
