"""Class methods that take the session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.base import ExecutableOption


class ActiveRecord:
    @classmethod
    async def one_by_id(
        cls, session: AsyncSession, key: int, options: Sequence[ExecutableOption] | None = None
    ) -> Self | None:
        statement = select(cls).where(cls.id == key)  # type: ignore[attr-defined]  # given by Base
        if options:
            statement = statement.options(*options)
        return (await session.scalars(statement)).first()

    @classmethod
    async def all_by(cls, session: AsyncSession, **values: Any) -> Sequence[Self]:
        return (await session.execute(select(cls).filter_by(**values))).scalars().all()

    async def save(self, session: AsyncSession) -> Self:
        session.add(self)
        await session.flush()
        return self


class Base(ActiveRecord, DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)
