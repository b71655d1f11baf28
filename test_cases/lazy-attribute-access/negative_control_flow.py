"""Paths: every way to the read has loaded the attribute."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from models import Author


async def loaded_in_both_arms(session: AsyncSession, author_id: int) -> int:
    """Both arms load."""
    author = await session.get_one(Author, author_id)
    if author.name == "nobody":
        await session.refresh(author, ["books"])
    else:
        await author.awaitable_attrs.books
    return len(author.books)


async def unloaded_path_leaves(session: AsyncSession, author_id: int) -> int:
    """The path without the load returns."""
    author = await session.get_one(Author, author_id)
    if author.name == "nobody":
        return 0
    await session.refresh(author, ["books"])
    return len(author.books)


async def unloaded_path_raises(session: AsyncSession, author_id: int) -> int:
    """Or raises."""
    author = await session.get_one(Author, author_id)
    if author.name != "nobody":
        await session.refresh(author, ["books"])
    else:
        raise LookupError(author_id)
    return len(author.books)


async def loaded_in_finally(session: AsyncSession, author_id: int) -> int:
    """`finally` runs on every path."""
    author = await session.get_one(Author, author_id)
    try:
        await session.flush()
    finally:
        await session.refresh(author, ["books"])
    return len(author.books)


async def handler_leaves(session: AsyncSession, author_id: int) -> int:
    """The handler does not reach the read."""
    try:
        author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    except NoResultFound:
        return 0
    return len(author.books)


async def loaded_in_else(session: AsyncSession, author_id: int) -> int:
    """Loaded and read in the `else` of a try."""
    author = await session.get_one(Author, author_id)
    try:
        await session.flush()
    except NoResultFound:
        return 0
    else:
        await session.refresh(author, ["books"])
        return len(author.books)


async def skipped_turns(session: AsyncSession) -> int:
    """`continue` skips the rows that were not loaded."""
    total = 0
    for author in (await session.scalars(select(Author))).all():
        if author.name == "Bob":
            continue
        await session.refresh(author, ["books"])
        total += len(author.books)
    return total


async def loaded_in_a_first_loop(session: AsyncSession) -> int:
    """One loop loads, the next one reads."""
    authors = (await session.scalars(select(Author))).all()
    for author in authors:
        await session.refresh(author, ["books"])
    return sum(len(author.books) for author in authors)


async def second_query_loads(session: AsyncSession) -> int:
    """A second query with the option fills all rows of the first."""
    authors = (await session.scalars(select(Author))).all()
    await session.execute(select(Author).options(selectinload(Author.books)))
    return sum(len(author.books) for author in authors)


async def rebound_to_loaded(session: AsyncSession, author_id: int) -> int:
    """The name is bound to a loaded row before the read."""
    author = await session.get_one(Author, 2)
    if author.name:
        author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
        return len(author.books)
    return 0


async def loaded_under_another_name(session: AsyncSession, author_id: int) -> int:
    """Two names, one row."""
    author = await session.get_one(Author, author_id)
    same = author
    await session.refresh(same, ["books"])
    return len(author.books)


async def literal_condition(session: AsyncSession, author_id: int) -> int:
    """A condition that is known."""
    author = await session.get_one(Author, author_id)
    if False:
        return len(author.books)
    return author.id


async def short_circuit(session: AsyncSession, author_id: int) -> bool:
    """The right operand is not reached without the row."""
    author = await session.get(Author, 12345 + author_id, options=[selectinload(Author.books)])
    return author is not None and bool(author.books)
