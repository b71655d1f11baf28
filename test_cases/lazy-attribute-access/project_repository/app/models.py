"""Users, posts, groups."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class User(Base):
    __tablename__ = "user"

    name: Mapped[str] = mapped_column(String(50))
    posts: Mapped[list["Post"]] = relationship(back_populates="user")
    groups: Mapped[list["Group"]] = relationship(back_populates="owner")

    @property
    def post_count(self) -> int:
        return len(self.posts)

    def to_data(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "groups": [group.to_data() for group in self.groups]}


class Post(Base):
    __tablename__ = "post"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    user: Mapped["User"] = relationship(back_populates="posts")


class Group(Base):
    __tablename__ = "group"

    name: Mapped[str] = mapped_column(String(50))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    owner: Mapped["User"] = relationship(back_populates="groups")

    def to_data(self) -> dict[str, Any]:
        return {"name": self.name}
