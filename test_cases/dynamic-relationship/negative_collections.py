"""Collections that never query by themselves, and other things called dynamic."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from base import Base


class User(Base):
    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    loading: Mapped[str] = mapped_column(String(20), default="dynamic")
    posts: WriteOnlyMapped["Post"] = relationship()
    drafts: Mapped[list["Draft"]] = relationship(lazy="selectin")
    notes = relationship("Note", lazy="write_only", info={"lazy": "dynamic"})


class Post(Base):
    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Draft(Base):
    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Note(Base):
    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


async def selected(session: AsyncSession, user_id: int) -> int:
    """A write-only collection builds statements, the session runs them."""
    user = await session.get_one(User, user_id)
    user.posts.add(Post())
    await session.flush()
    return len((await session.scalars(user.posts.select())).all()) + len(user.drafts)


def plugin(lazy: str = "dynamic") -> str:
    """A parameter of that name (not run)."""
    return lazy
