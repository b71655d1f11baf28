"""The implementation."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from ports import Shelf


class Base(DeclarativeBase):
    pass


class Volume(Base):
    __tablename__ = "volume"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")
    pages: Mapped[list["Page"]] = relationship()


class Page(Base):
    __tablename__ = "page"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(default="")
    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id"))


class StoredShelf(Shelf):
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def volume(self, key: int) -> Volume:
        return await self.session.get_one(Volume, key)
