"""Validation by hand that reads only what is there."""

from __future__ import annotations

from typing import Any, Union

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from models import Author, Book
from schemas import AuthorOut
from shapes import AuthorCut, AuthorFirst, AuthorRoot, AuthorSome, AuthorTitles, BookCut, Tagged


async def root(session: AsyncSession, author_id: int) -> AuthorRoot:
    """The option loads what the root's type reads."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    return AuthorRoot.model_validate(author)


async def adapter_of_union(session: AsyncSession, author_id: int) -> Any:
    """The second alternative fits."""
    author = await session.get_one(Author, author_id)
    return TypeAdapter(AuthorSome).validate_python(author)  # ok: [response-schema-lazy-field]


async def anything_fits(session: AsyncSession, author_id: int) -> Any:
    """The instance itself is an alternative."""
    author = await session.get_one(Author, author_id)
    return TypeAdapter(Union[AuthorOut, Any]).validate_python(author)


async def adapter_of_tagged_union(session: AsyncSession) -> Any:
    """The tag leads to columns."""
    books = (await session.scalars(select(Book))).all()
    return TypeAdapter(list[Tagged]).validate_python(books)


async def before_validator(session: AsyncSession, author_id: int) -> AuthorTitles:
    """Of the books that the validator gets nothing is read."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    return AuthorTitles.model_validate(author)


async def plain_validator(session: AsyncSession, author_id: int) -> AuthorCut:
    """The validator stands in place of the nested schema, which would read the reviews."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    return AuthorCut.model_validate(author)  # ok: [response-schema-lazy-field]


async def first_of_path(session: AsyncSession, author_id: int) -> AuthorFirst:
    """The option loads what the path goes through."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    return AuthorFirst.model_validate(author)


async def validator_of_field(session: AsyncSession, book_id: int) -> BookCut:
    """The reviews are loaded, and replaced."""
    book = await session.get_one(Book, book_id, options=[selectinload(Book.reviews)])
    return BookCut.model_validate(book)
