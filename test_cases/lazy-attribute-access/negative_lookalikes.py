"""Attributes of the same names on things that are no mapped instances."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import noload, selectinload

from db import Keeping
from models import Author, Book


@dataclass
class AuthorData:
    """A plain record."""

    name: str
    books: list[str] = field(default_factory=list)


class Pair(NamedTuple):
    author: str
    books: int


async def plain_record(session: AsyncSession, author_id: int) -> int:
    """A dataclass that happens to have `books`."""
    author = await session.get_one(Author, author_id)
    data = AuthorData(author.name)
    return len(data.books)


async def named_tuple(session: AsyncSession, author_id: int) -> int:
    """A named tuple."""
    pair = Pair((await session.get_one(Author, author_id)).name, 2)
    return pair.books


async def labelled_row(session: AsyncSession) -> list[int]:
    """A row of labelled columns."""
    rows = await session.execute(select(Book.author_id.label("author"), func.count().label("reviews")).group_by("author"))
    return [row.reviews for row in rows]


async def mapping_row(session: AsyncSession) -> list[Any]:
    """A mapping of columns."""
    rows = (await session.execute(select(Author.name.label("books")))).mappings().all()
    return [row["books"] for row in rows]


async def replaced_by_record(session: AsyncSession, author_id: int) -> int:
    """The name is bound to the record before the read."""
    author: Any = await session.get_one(Author, author_id)
    author = AuthorData(author.name)
    return len(author.books)


async def noload_option(session: AsyncSession) -> int:
    """`noload` gives an empty list: wrong perhaps, but no query."""
    author = (await session.scalars(select(Author).options(noload(Author.books)))).first()
    return len(author.books) if author else 0


async def proxy_over_loaded(session: AsyncSession) -> list[str]:
    """An association proxy whose relationship is loaded."""
    author = (await session.scalars(select(Author).options(selectinload(Author.books)))).first()
    return list(author.titles) if author else []


async def proxy_in_sql(session: AsyncSession) -> int:
    """A proxy of the class builds SQL."""
    return len((await session.scalars(select(Author).where(Author.titles.contains("One")))).all())


async def properties_over_loaded(session: AsyncSession) -> Any:
    """Property, hybrid and method over a loaded relationship."""
    author = (await session.scalars(select(Author).options(selectinload(Author.books)))).first()
    assert author is not None
    return author.book_count, author.published, author.to_dict()


async def foreign_key_of_transient(session: AsyncSession, author_id: int) -> bool:
    """A transient object's reference is None, whatever its key says."""
    book = Book(title="draft", author_id=author_id)
    return book.author is None


async def refreshed_with_parent_held() -> str:
    """The refresh unloads the reference; its target is still held by a variable."""
    async with Keeping() as session:
        author = Author(name="new")
        book = Book(title="first", author=author)
        session.add(book)
        await session.commit()
        await session.refresh(book)
        return (book.author.name if book.author else "") + author.name


async def deferred_but_set(session: AsyncSession) -> str | None:
    """A deferred column that was given."""
    author = Author(name="new", biography="short")
    session.add(author)
    await session.flush()
    return author.biography
