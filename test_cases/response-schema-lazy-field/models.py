"""A library: authors with books and a profile, books with reviews and tags."""

from __future__ import annotations

from typing import Any, ClassVar, Optional

from sqlalchemy import Column, ForeignKey, String, Table, Text
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(AsyncAttrs, DeclarativeBase):
    pass


book_tag = Table(
    "book_tag",
    Base.metadata,
    Column("book_id", ForeignKey("book.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Author(Base):
    __tablename__ = "author"
    kind: ClassVar[str] = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    biography: Mapped[str | None] = mapped_column(Text, deferred=True)
    books: Mapped[list["Book"]] = relationship(back_populates="author")
    profile: Mapped[Optional["Profile"]] = relationship(back_populates="author", uselist=False)
    titles = association_proxy("books", "title", creator=lambda title: Book(title=title))

    @property
    def book_count(self) -> int:
        return len(self.books)

    @hybrid_property
    def published(self) -> bool:
        return bool(self.books)

    @property
    def label(self) -> str:
        return f"{self.name} ({self.id})"

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "books": [book.title for book in self.books]}

    def columns(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name}


class Profile(Base):
    __tablename__ = "profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    website: Mapped[str] = mapped_column(String(50))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Optional["Author"]] = relationship(back_populates="profile")


class Book(Base):
    __tablename__ = "book"
    kind: ClassVar[str] = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))
    subtitle: Mapped[str | None] = mapped_column(String(50))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Optional["Author"]] = relationship(back_populates="books")
    reviews: Mapped[list["Review"]] = relationship(back_populates="book")
    tags: Mapped[list["Tag"]] = relationship(secondary=book_tag, back_populates="books")
    author_name = association_proxy("author", "name")


class Review(Base):
    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(50))
    book_id: Mapped[int | None] = mapped_column(ForeignKey("book.id"))
    book: Mapped[Optional["Book"]] = relationship(back_populates="reviews")


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    books: Mapped[list["Book"]] = relationship(secondary=book_tag, back_populates="tags")
