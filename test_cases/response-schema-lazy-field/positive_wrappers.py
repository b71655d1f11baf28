"""Validation by hand through wrappers, adapters and validators."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from models import Author, Book
from schemas import AuthorBrief, AuthorOut
from shapes import AuthorAny, AuthorFirst, AuthorRoot, AuthorTitles, BookCut, Tagged


async def root(session: AsyncSession, author_id: int) -> AuthorRoot:
    """The root's type reads the books."""
    author = await session.get_one(Author, author_id)
    return AuthorRoot.model_validate(author)  # error: [response-schema-lazy-field] "books"


async def adapter_of_union(session: AsyncSession, author_id: int) -> Any:
    """No alternative of the union fits."""
    author = await session.get_one(Author, author_id)
    return TypeAdapter(AuthorAny).validate_python(author)  # error: [response-schema-lazy-field] "books"


async def adapter_of_tagged_union(session: AsyncSession) -> Any:
    """A list of a tagged union."""
    authors = (await session.scalars(select(Author))).all()
    return TypeAdapter(list[Tagged]).validate_python(authors)  # error: [response-schema-lazy-field] "books"


async def adapter_of_mapping(session: AsyncSession, author_id: int) -> Any:
    """The values of a mapping."""
    found = {"one": await session.get_one(Author, author_id)}
    return TypeAdapter(dict[str, AuthorOut]).validate_python(found)  # error: [response-schema-lazy-field] "books"


async def before_validator(session: AsyncSession, author_id: int) -> AuthorTitles:
    """The validator is given the books."""
    author = await session.get_one(Author, author_id)
    return AuthorTitles.model_validate(author)  # error: [response-schema-lazy-field] "books"


async def first_of_path(session: AsyncSession, author_id: int) -> AuthorFirst:
    """An index in the alias path."""
    author = await session.get_one(Author, author_id)
    return AuthorFirst.model_validate(author)  # error: [response-schema-lazy-field] "books"


async def validator_of_field(session: AsyncSession, book_id: int) -> BookCut:
    """The validator gets the reviews."""
    book = await session.get_one(Book, book_id)
    return BookCut.model_validate(book)  # error: [response-schema-lazy-field] "reviews"


async def held_back(session: AsyncSession, author_id: int) -> list[AuthorBrief | AuthorOut]:
    """Each element by hand, the last one with too much."""
    author = await session.get_one(Author, author_id)
    brief = AuthorBrief.model_validate(author)
    return [brief, AuthorOut.model_validate(author)]  # error: [response-schema-lazy-field] "books"


async def forced(session: AsyncSession, author_id: int) -> Any:
    """`from_attributes=True` in the call."""
    author = await session.get_one(Author, author_id)
    return TypeAdapter(AuthorOut).validate_python(author, from_attributes=True)  # error: [response-schema-lazy-field]
