"""Validation of what is loaded, of plain data, or by schemas that do not ask."""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from db import Keeping
from models import Author, Book
from schemas import AuthorBrief, AuthorConverted, AuthorDeep, AuthorOut, BookWithAuthor, Page


async def loaded(session: AsyncSession, author_id: int) -> AuthorOut:
    """The option loads the field."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    return AuthorOut.model_validate(author)  # ok: [response-schema-lazy-field]


async def columns(session: AsyncSession, author_id: int) -> AuthorBrief:
    """Columns only."""
    return AuthorBrief.model_validate(await session.get_one(Author, author_id))


async def columns_when_detached(author_id: int) -> AuthorBrief:
    """Columns of a detached row."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    return AuthorBrief.model_validate(author)


async def deep(session: AsyncSession) -> list[AuthorDeep]:
    """Every hop is loaded."""
    option = selectinload(Author.books).selectinload(Book.reviews)
    authors = (await session.scalars(select(Author).options(option))).all()
    return TypeAdapter(list[AuthorDeep]).validate_python(authors)


async def scalar_reference(session: AsyncSession) -> list[BookWithAuthor]:
    """References are loaded."""
    books = await session.scalars(select(Book).options(joinedload(Book.author)))
    return [BookWithAuthor.model_validate(book) for book in books]


async def null_reference(session: AsyncSession) -> BookWithAuthor:
    """A book without an author: None needs no query."""
    book = Book(title="alone")
    session.add(book)
    await session.flush()
    return BookWithAuthor.model_validate(book)


async def from_dictionary(session: AsyncSession, author_id: int) -> AuthorOut:
    """Plain data."""
    author = await session.get_one(Author, author_id)
    return AuthorOut.model_validate({"id": author.id, "name": author.name, "books": []})


async def by_keywords(session: AsyncSession, author_id: int) -> AuthorOut:
    """The constructor."""
    author = await session.get_one(Author, author_id)
    return AuthorOut(id=author.id, name=author.name, books=[])


async def converted(session: AsyncSession, author_id: int) -> AuthorConverted:
    """A validator in front of the fields."""
    return AuthorConverted.model_validate(await session.get_one(Author, author_id))


async def in_run_sync(session: AsyncSession, author_id: int) -> AuthorOut:
    """Inside `run_sync()` the fields may load."""
    author = await session.get_one(Author, author_id)
    return await session.run_sync(lambda _: AuthorOut.model_validate(author))


async def awaited(session: AsyncSession, author_id: int) -> AuthorOut:
    """Loaded by `awaitable_attrs`."""
    author = await session.get_one(Author, author_id)
    await author.awaitable_attrs.books
    return AuthorOut.model_validate(author)


async def page(session: AsyncSession) -> Page[AuthorOut]:
    """A page of loaded rows."""
    authors = (await session.scalars(select(Author).options(selectinload(Author.books)))).all()
    return Page[AuthorOut].model_validate({"items": authors, "total": len(authors)})


async def unknown_origin(author: Author) -> AuthorOut:
    """Nobody calls this here (not run)."""
    return AuthorOut.model_validate(author)
