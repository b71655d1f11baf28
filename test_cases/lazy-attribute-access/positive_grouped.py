"""Rows put under keys that are not known; whatever the key, nothing has loaded the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Author


async def by_default(session: AsyncSession) -> int:
    """A missing key gets a list."""
    authors = defaultdict(list)
    for author in await session.scalars(select(Author)):
        authors[author.name].append(author)
    total = 0
    for found in authors.values():
        for author in found:
            total += len(author.books)  # error: [lazy-attribute-access] "Author.books"
    return total


async def by_default_of_sets(session: AsyncSession) -> int:
    """A missing key gets a set."""
    authors = defaultdict(set)
    for author in await session.scalars(select(Author)):
        authors[author.name].add(author)
    return sum(
        len(author.books)  # error: [lazy-attribute-access] "Author.books"
        for _, found in authors.items()
        for author in found
    )


async def set_where_missing(session: AsyncSession) -> int:
    """`setdefault` gives what is there already."""
    authors: dict[str, list[Author]] = {}
    for author in await session.scalars(select(Author)):
        authors.setdefault(author.name, []).append(author)
    return sum(
        len(author.books)  # error: [lazy-attribute-access] "Author.books"
        for found in authors.values()
        for author in found
    )


async def put_where_missing(session: AsyncSession) -> int:
    """The list is made by hand."""
    authors = {}
    for author in await session.scalars(select(Author)):
        if author.name not in authors:
            authors[author.name] = []
        authors[author.name].append(author)
    total = 0
    for _, found in authors.items():
        for author in found:
            total += len(author.books)  # error: [lazy-attribute-access] "Author.books"
    return total


async def one_of_the_groups(session: AsyncSession) -> int:
    """Read back by a key."""
    authors = defaultdict(list)
    names = []
    for author in await session.scalars(select(Author)):
        authors[author.name].append(author)
        names.append(author.name)
    return len(authors[names[0]][0].books)  # error: [lazy-attribute-access] "Author.books"


def _grouped(authors: Iterable[Author]) -> dict[str, list[Author]]:
    groups = defaultdict(list)
    for author in authors:
        groups[author.name].append(author)
    return groups


async def in_a_helper(session: AsyncSession) -> int:
    """The helper groups what it is given."""
    total = 0
    for found in _grouped((await session.scalars(select(Author))).all()).values():
        for author in found:
            total += len(author.books)  # error: [lazy-attribute-access] "Author.books"
    return total
