"""One implementation for all models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import ExecutableOption

from .models import Base

ModelT = TypeVar("ModelT", bound=Base)


class BaseRepository(Generic[ModelT]):
    model: type[ModelT]

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def get_base_statement(self) -> Select[tuple[ModelT]]:
        return select(self.model)

    async def get(self, key: int, options: Sequence[ExecutableOption] = ()) -> ModelT | None:
        return await self._session.get(self.model, key, options=options)

    async def list(self, *conditions: Any, options: Sequence[ExecutableOption] = ()) -> Sequence[ModelT]:
        statement = self.get_base_statement().where(*conditions)
        if options:
            statement = statement.options(*options)
        return (await self._session.scalars(statement)).all()

    async def create(self, **values: Any) -> ModelT:
        row = self.model(**values)
        self._session.add(row)
        await self._session.flush()
        await self._session.refresh(row)
        return row
