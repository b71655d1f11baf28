"""A many-to-one needs no query when its target is in the session or its key is null."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from models import Author, Book, Review


async def all_parents_held(session: AsyncSession) -> list[str]:
    """All authors are in a list, so every book finds its own in the identity map."""
    authors = (await session.scalars(select(Author))).all()
    books = (await session.scalars(select(Book))).all()
    return [book.author.name for book in books if book.author] + [author.name for author in authors]


async def parent_by_id(session: AsyncSession, author_id: int) -> list[str]:
    """The books of one author who is held by a variable."""
    author = await session.get_one(Author, author_id)
    books = (await session.scalars(select(Book).where(Book.author_id == author_id))).all()
    return [f"{book.title} by {book.author.name if book.author else author.name}" for book in books]


async def parent_in_row(session: AsyncSession) -> list[str]:
    """Both entities are in the row."""
    rows = (await session.execute(select(Book, Author).join(Book.author))).all()
    return [book.author.name for book, author in rows if book.author]


async def parent_of_loaded_collection(session: AsyncSession) -> list[str]:
    """The children of an eager collection point back to an object in hand."""
    author = (await session.scalars(select(Author).options(selectinload(Author.books)))).first()
    assert author is not None
    return [book.author.name for book in author.books if book.author]


async def without_parent(session: AsyncSession) -> bool:
    """The statement selects books without an author: None needs no query."""
    books = (await session.scalars(select(Book).where(Book.author_id.is_(None)))).all()
    return all(book.author is None for book in books)


async def assigned(session: AsyncSession, book_id: int, author_id: int) -> str:
    """Assigned in this function."""
    book = await session.get_one(Book, book_id)
    book.author = await session.get_one(Author, author_id)
    return book.author.name


async def assigned_none(session: AsyncSession, book_id: int) -> bool:
    """Assigning a scalar never loads, and None is then the value."""
    book = await session.get_one(Book, book_id)
    book.author = None
    await session.flush()
    return book.author is None


async def key_changed(session: AsyncSession, book_id: int) -> str:
    """The new key's author is held by a variable."""
    second = await session.get_one(Author, 2)
    book = await session.get_one(Book, book_id)
    book.author_id = second.id
    return book.author.name if book.author else second.name


async def foreign_key_itself(session: AsyncSession, book_id: int) -> int | None:
    """The key is a column."""
    book = await session.get_one(Book, book_id)
    return book.author_id


async def null_key_seen(session: AsyncSession) -> bool:
    """The branch is for books without an author: None needs no query."""
    books = (await session.scalars(select(Book))).all()
    return all(book.author is None for book in books if book.author_id is None)


async def _reviewed_titles(session: AsyncSession, author: Author) -> list[str]:
    """The author may have come with the books of which the reviews are."""
    reviews = (await session.scalars(select(Review).where(Review.book_id.in_(select(Book.id))))).all()
    return [review.book.title for review in reviews if review.book] + [author.name]


_REPORTS = {"reviews": _reviewed_titles}


async def brought_by_a_parameter(session: AsyncSession) -> list[str]:
    """What the report is given has loaded the books, and holds them."""
    authors = (await session.scalars(select(Author).options(selectinload(Author.books)))).all()
    found = await _REPORTS["reviews"](session, authors[0])
    return found + [book.title for author in authors for book in author.books]
