"""A refresh loads what it names, and nothing else."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Author


async def unnamed(session: AsyncSession, author_id: int) -> bool:
    """`books` was named, `profile` was not."""
    author = await session.get_one(Author, author_id)
    await session.refresh(author, ["books"])
    return bool(author.books) and author.profile is not None  # error: [lazy-attribute-access] "profile"


async def deeper(session: AsyncSession, author_id: int) -> int:
    """The named collection's elements bring no relationships."""
    author = await session.get_one(Author, author_id)
    await session.refresh(author, attribute_names=["books"])
    return sum(len(book.reviews) for book in author.books)  # error: [lazy-attribute-access] "reviews"


async def column_names_only(session: AsyncSession, author_id: int) -> int:
    """Naming a column does not load a relationship."""
    author = await session.get_one(Author, author_id)
    await session.refresh(author, ["name"])
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def after_a_flush(session: AsyncSession) -> int:
    """The usual create function: add, flush, refresh, read."""
    author = Author(name="new")
    session.add(author)
    await session.flush()
    await session.refresh(author)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def another_object(session: AsyncSession) -> int:
    """Only the first of the two was refreshed."""
    first, second = (await session.scalars(select(Author).order_by(Author.id))).all()
    await session.refresh(first, ["books"])
    return len(second.books)  # error: [lazy-attribute-access] "books"


async def awaited_hop(session: AsyncSession, author_id: int) -> int:
    """`awaitable_attrs` loads one attribute, not the next hop."""
    author = await session.get_one(Author, author_id)
    books = await author.awaitable_attrs.books
    return sum(len(book.tags) for book in books)  # error: [lazy-attribute-access] "tags"


async def given_then_refreshed(session: AsyncSession) -> int:
    """The constructor's collection is unloaded by a refresh without names."""
    author = Author(name="new", books=[])
    session.add(author)
    await session.flush()
    await session.refresh(author)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def awaited_then_refreshed(session: AsyncSession, author_id: int) -> int:
    """So is what `awaitable_attrs` had loaded."""
    author = await session.get_one(Author, author_id)
    await author.awaitable_attrs.books
    await session.refresh(author)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def named_then_refreshed(session: AsyncSession, author_id: int) -> int:
    """And what a named refresh had loaded."""
    author = await session.get_one(Author, author_id)
    await session.refresh(author, ["books"])
    await session.refresh(author)
    return len(author.books)  # error: [lazy-attribute-access] "books"
