from typing import Generic, TypeVar

from models import Base
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T", bound=Base)


class Repository(Generic[T]):
    model: type[T]

    def __init__(self, db: AsyncSession) -> None:
        self._db = db

    async def count(self) -> int:
        return await self._db.scalar(select(func.count()).select_from(self.model)) or 0

    async def page(self, offset: int) -> list[T]:
        return list((await self._db.scalars(select(self.model).offset(offset).limit(10))).all())
