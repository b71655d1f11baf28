"""Validation of an instance reads every field of the schema."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from db import Expiring, Keeping
from models import Author, Book
from schemas import AuthorBrief, AuthorDeep, AuthorInner, AuthorOut, AuthorWithDefault, BookWithAuthor, Page


async def validated(session: AsyncSession, author_id: int) -> AuthorOut:
    """`model_validate()` of a row without its books."""
    author = await session.get_one(Author, author_id)
    return AuthorOut.model_validate(author)  # error: 12 [response-schema-lazy-field] "books"


async def with_default(session: AsyncSession, author_id: int) -> AuthorWithDefault:
    """The default is for missing attributes, this one raises."""
    author = await session.get_one(Author, author_id)
    return AuthorWithDefault.model_validate(author)  # error: [response-schema-lazy-field] "books"


async def asked_for_attributes(session: AsyncSession, author_id: int) -> AuthorInner:
    """`from_attributes=True` in the call."""
    author = await session.get_one(Author, author_id)
    return AuthorInner.model_validate(author, from_attributes=True)  # error: [response-schema-lazy-field] "books"


async def old_spelling(session: AsyncSession, author_id: int) -> AuthorOut:
    """`from_orm()`."""
    author = await session.get_one(Author, author_id)
    return AuthorOut.from_orm(author)  # error: [response-schema-lazy-field] "books"


async def every_element(session: AsyncSession) -> list[AuthorOut]:
    """In a comprehension over the rows."""
    authors = await session.scalars(select(Author))
    return [AuthorOut.model_validate(author) for author in authors]  # error: [response-schema-lazy-field] "books"


async def by_adapter(session: AsyncSession) -> list[AuthorOut]:
    """`TypeAdapter(list[...])`."""
    authors = (await session.scalars(select(Author))).all()
    return TypeAdapter(list[AuthorOut]).validate_python(authors)  # error: [response-schema-lazy-field] "books"


async def nested(session: AsyncSession, author_id: int) -> AuthorDeep:
    """The nested schema goes deeper than the option."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    return AuthorDeep.model_validate(author)  # error: [response-schema-lazy-field] "reviews"


async def scalar_reference(session: AsyncSession, book_id: int) -> BookWithAuthor:
    """An optional many-to-one."""
    book = await session.get_one(Book, book_id)
    return BookWithAuthor.model_validate(book)  # error: [response-schema-lazy-field] "author"


async def detached(author_id: int) -> AuthorOut:
    """The session is closed, the books were not loaded."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    return AuthorOut.model_validate(author)  # error: [response-schema-lazy-field] "books"


async def expired(author_id: int) -> AuthorBrief:
    """After an expiring commit every field is reloaded."""
    async with Expiring() as session:
        author = await session.get_one(Author, author_id)
        author.name = "changed"
        await session.commit()
        return AuthorBrief.model_validate(author)  # error: [response-schema-lazy-field]


async def page(session: AsyncSession) -> Page[AuthorOut]:
    """A generic page validated from a dictionary of rows."""
    authors = (await session.scalars(select(Author))).all()
    return Page[AuthorOut].model_validate({"items": authors, "total": 1})  # error: [response-schema-lazy-field] "books"


def _to_schema(author: Author) -> AuthorOut:
    return AuthorOut.model_validate(author)


async def by_converter(session: AsyncSession, author_id: int) -> AuthorOut:
    """The converter validates what this caller did not load."""
    author = await session.get_one(Author, author_id)
    return _to_schema(author)  # error: [response-schema-lazy-field] "books"


async def dumped(session: AsyncSession, author_id: int) -> dict[str, Any]:
    """The result is dumped at once."""
    author = await session.get_one(Author, author_id)
    return AuthorOut.model_validate(author).model_dump()  # error: [response-schema-lazy-field] "books"
