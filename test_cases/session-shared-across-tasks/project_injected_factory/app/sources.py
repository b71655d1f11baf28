from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


class Sources:
    def __init__(self, session: AsyncSession, *, limit: int = 10) -> None:
        self._session = session
        self._limit = limit

    async def titles(self) -> int:
        return await self._session.scalar(text("select 1")) or 0

    async def authors(self) -> int:
        return await self._session.scalar(text("select 2")) or 0
