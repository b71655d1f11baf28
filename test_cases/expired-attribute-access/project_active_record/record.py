"""`save()` of the mixin commits."""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import String, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class ActiveRecord:
    async def save(self, session: AsyncSession) -> Self:
        session.add(self)
        await session.commit()
        return self

    async def update(self, session: AsyncSession, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        await self.save(session)
        await session.refresh(self)


class Base(ActiveRecord, DeclarativeBase):
    pass


class Instance(Base):
    __tablename__ = "instance"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    state: Mapped[str] = mapped_column(String(20), default="new")


class Stamp(Base):
    __tablename__ = "stamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    updated_at: Mapped[str | None] = mapped_column(String(30), onupdate=func.now())
