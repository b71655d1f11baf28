"""Many-to-one reads that the identity map can not serve."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Author, Book, Profile


async def nothing_held(session: AsyncSession) -> list[str]:
    """No author was loaded."""
    books = (await session.scalars(select(Book).where(Book.author_id.is_not(None)))).all()
    return [book.author.name for book in books if book.author]  # error: [lazy-attribute-access] "author"


async def other_class_held(session: AsyncSession) -> bool:
    """A profile is held, an author is wanted."""
    profile = (await session.scalars(select(Profile))).first()
    assert profile is not None
    return profile.author is not None  # error: [lazy-attribute-access] "author"


async def reverse_collection(session: AsyncSession, author_id: int) -> int:
    """A collection is never assembled from the identity map, even with all its members there."""
    author = await session.get_one(Author, author_id)
    books = (await session.scalars(select(Book).where(Book.author_id == author_id))).all()
    return len(books) - len(author.books)  # error: [lazy-attribute-access] "books"


async def reverse_one_to_one(session: AsyncSession, author_id: int) -> bool:
    """Nor is the other side of a one-to-one."""
    author = await session.get_one(Author, author_id)
    profile = (await session.scalars(select(Profile).where(Profile.author_id == author_id))).one()
    return author.profile is profile  # error: [lazy-attribute-access] "profile"


async def proxy(session: AsyncSession, book_id: int) -> str:
    """An association proxy over a many-to-one."""
    book = await session.get_one(Book, book_id)
    return book.author_name  # error: [lazy-attribute-access] "author"


async def through_the_parent(session: AsyncSession, book_id: int) -> None:
    """Writing to an attribute of the parent reads the parent."""
    book = await session.get_one(Book, book_id)
    book.author.name = "changed"  # type: ignore[union-attr]  # error: [lazy-attribute-access] "author"


async def key_changed(session: AsyncSession, book_id: int) -> bool:
    """The new key's author was never loaded."""
    book = await session.get_one(Book, book_id)
    book.author_id = 2
    await session.flush()
    return book.author is not None  # error: [lazy-attribute-access] "author"
