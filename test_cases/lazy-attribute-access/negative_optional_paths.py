"""A helper makes options of the attributes it is given, one by one or path by path."""

from typing import Any

from models import Author, Book
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload


def with_options(entity: Any, *paths: Any) -> Select[Any]:
    if not paths:
        return select(entity)
    options = []
    for path in paths:
        if isinstance(path, (tuple, list)):
            head, *tail = path
            option = selectinload(head)
            for step in tail:
                option = option.selectinload(step)
            options.append(option)
        else:
            options.append(selectinload(path))
    return select(entity).options(*options)


def filter_by(entity: Any, *paths: Any, **values: Any) -> Select[Any]:
    return with_options(entity, *paths).filter_by(**values)


async def first(session: AsyncSession, entity: Any, *paths: Any, **values: Any) -> Any:
    return (await session.execute(filter_by(entity, *paths, **values))).scalars().first()


async def one_attribute(session: AsyncSession, author_id: int) -> int:
    """An attribute of a class is no tuple, and unknown keywords add no attribute to those given."""
    author = await first(session, Author, Author.books, id=author_id)
    return len(author.books)


async def whole_path(session: AsyncSession, author_id: int) -> int:
    """Each step of the path is loaded."""
    author = await first(session, Author, (Author.books, Book.reviews), id=author_id)
    return sum(len(book.reviews) for book in author.books)
