"""Rows put under keys that are not known, with all that is read of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from models import Author

LOADED = select(Author).options(selectinload(Author.books))


async def by_default(session: AsyncSession) -> int:
    """Loaded by the statement."""
    authors = defaultdict(list)
    for author in await session.scalars(LOADED):
        authors[author.name].append(author)
    return sum(len(author.books) for found in authors.values() for author in found)


async def columns(session: AsyncSession) -> list[str]:
    """Columns are there."""
    authors: dict[str, list[Author]] = {}
    for author in await session.scalars(select(Author)):
        authors.setdefault(author.name, []).append(author)
    return [author.name for found in authors.values() for author in found]


async def refreshed(session: AsyncSession) -> int:
    """Every row is refreshed in its turn."""
    authors = defaultdict(list)
    total = 0
    for author in await session.scalars(select(Author)):
        authors[author.name].append(author)
    for found in authors.values():
        for author in found:
            await session.refresh(author, ["books"])
            total += len(author.books)
    return total


async def refreshed_before(session: AsyncSession) -> int:
    """Every row is refreshed before it goes to its group."""
    authors = defaultdict(list)
    for author in (await session.scalars(select(Author))).all():
        await session.refresh(author, ["books"])
        authors[author.name].append(author)
    return sum(len(author.books) for found in authors.values() for author in found)


async def replaced(session: AsyncSession) -> int:
    """The bare rows give way to loaded ones under every key."""
    authors: dict[int, Any] = {}
    for author in (await session.scalars(select(Author))).all():
        authors.setdefault(author.id, []).append(author.id)
    for author in await session.scalars(LOADED):
        authors[author.id] = author
    return sum(len(author.books) for author in authors.values())


async def empty_for_some(session: AsyncSession) -> int:
    """A key that no row has gets an empty list."""
    authors = defaultdict(list)
    for author in await session.scalars(LOADED):
        authors[author.name].append(author)
    if not authors["nobody"]:
        return 0
    return len(authors["nobody"][0].books)


async def made_by_a_function(session: AsyncSession) -> int:
    """What a missing key gets is not a collection."""
    counts = defaultdict(Counter)
    for author in await session.scalars(select(Author)):
        counts[author.name][author.id] += 1
    return sum(len(count) for count in counts.values())


async def both_kinds(session: AsyncSession) -> int:
    """Only the group that has its books is asked for them."""
    groups: dict[str, list[Author]] = {"loaded": [], "bare": []}
    groups["loaded"].extend((await session.scalars(LOADED)).all())
    groups["bare"].extend((await session.scalars(select(Author))).all())
    return sum(len(author.books) for author in groups["loaded"])
