"""A dynamic collection runs its query when it is used: never possible under asyncio."""

from __future__ import annotations

from typing import Optional

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DynamicMapped, Mapped, backref, dynamic_loader, mapped_column, relationship

from base import Base

post_tag = Table(
    "post_tag",
    Base.metadata,
    Column("post_id", ForeignKey("post.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class User(Base):
    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    posts = relationship("Post", back_populates="author", lazy="dynamic")  # error: [dynamic-relationship] "posts"
    comments: DynamicMapped["Comment"] = relationship(back_populates="author")  # error: [dynamic-relationship] "comments"
    visits = dynamic_loader("Visit")  # error: [dynamic-relationship] "visits"


class Post(Base):
    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    author: Mapped[Optional["User"]] = relationship(back_populates="posts")
    tags: Mapped[list["Tag"]] = relationship(  # error: [dynamic-relationship] "tags"
        secondary=post_tag,
        lazy="dynamic",
    )


class Comment(Base):
    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    author: Mapped[Optional["User"]] = relationship(back_populates="comments")


class Visit(Base):
    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)


class Like(Base):
    __tablename__ = "like"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    post = relationship("Post", backref=backref("likes", lazy="dynamic"))  # error: [dynamic-relationship] "likes"


async def iterated(session: AsyncSession, user_id: int) -> int:
    """Iterating runs the query."""
    user = await session.get_one(User, user_id)
    return sum(1 for _ in user.posts)


async def listed(session: AsyncSession, user_id: int) -> int:
    """`all()` as well."""
    user = await session.get_one(User, user_id)
    return len(user.comments.all())


async def counted(session: AsyncSession, user_id: int) -> int:
    """`count()` as well."""
    user = await session.get_one(User, user_id)
    return int(user.visits.count())


async def indexed(session: AsyncSession, post_id: int) -> Tag:
    """An index as well."""
    post = await session.get_one(Post, post_id)
    return post.tags[0]


async def by_backref(session: AsyncSession, post_id: int) -> int:
    """The other side of a `backref`."""
    post = await session.get_one(Post, post_id)
    return len(post.likes.all())


async def replaced(session: AsyncSession, user_id: int) -> None:
    """Assignment compares with the old rows."""
    user = await session.get_one(User, user_id)
    user.posts = []


async def filtered(session: AsyncSession, user_id: int) -> int:
    """A filtered query, once it runs."""
    user = await session.get_one(User, user_id)
    return len(user.posts.filter_by(id=1).all())
