"""The session block has ended; what was not loaded inside can not be loaded any more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import selectinload

from db import Expiring, Keeping
from models import Author, Book


async def collection(author_id: int) -> int:
    """Read one line after the block."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    return len(author.books)  # error: 16 [detached-instance-access] "books"


async def many_to_one(book_id: int) -> str:
    """A detached many-to-one is not looked up anywhere."""
    async with Keeping() as session:
        book = await session.get_one(Book, book_id)
    return book.author.name if book.author else ""  # error: [detached-instance-access] "author"


async def null_many_to_one() -> bool:
    """Not even when the foreign key is null."""
    async with Keeping() as session:
        book = (await session.scalars(select(Book).where(Book.author_id.is_(None)))).one()
    return book.author is None  # error: [detached-instance-access] "author"


async def parent_of_loaded_collection() -> list[str]:
    """Inside the session the identity map served the parent; outside nothing does."""
    async with Keeping() as session:
        books = (await session.scalars(select(Author).options(selectinload(Author.books)))).first().books  # type: ignore[union-attr]  # never empty
    return [book.author.name for book in books if book.author]  # error: [detached-instance-access] "author"


async def second_hop(author_id: int) -> int:
    """One hop was loaded, the second was not."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    return sum(len(book.reviews) for book in author.books)  # error: [detached-instance-access] "reviews"


async def deferred_column(author_id: int) -> str | None:
    """A deferred column can not be loaded either."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    return author.biography  # error: [detached-instance-access] "biography"


async def expired_then_closed(author_id: int) -> str:
    """The commit expired the columns, the end of the block took the session away."""
    async with Expiring() as session:
        author = await session.get_one(Author, author_id)
        author.name = "changed"
        await session.commit()
    return author.name  # error: [detached-instance-access] "name"


async def new_row_after_block() -> int:
    """The usual create function: even the key is gone."""
    async with Expiring() as session:
        author = Author(name="new")
        session.add(author)
        await session.commit()
    return author.id  # error: [detached-instance-access] "id"


async def begun_by_factory(author_id: int) -> str:
    """`factory.begin()` commits and closes at the end of its block."""
    async with Expiring.begin() as session:
        author = await session.get_one(Author, author_id)
    return author.name  # error: [detached-instance-access] "name"


async def two_managers(author_id: int) -> str:
    """`async with factory() as s, s.begin()`."""
    async with Expiring() as session, session.begin():
        author = await session.get_one(Author, author_id)
    return author.name  # error: [detached-instance-access] "name"


async def rolled_back_then_closed(author_id: int) -> str:
    """A rollback expires whatever the factory says."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
        await session.rollback()
    return author.name  # error: [detached-instance-access] "name"


async def in_a_list() -> list[int]:
    """Every row of the list."""
    async with Keeping() as session:
        authors = (await session.scalars(select(Author))).all()
    return [len(author.books) for author in authors]  # error: [detached-instance-access] "books"


async def closed_by_hand(author_id: int) -> int:
    """`close()`."""
    session = Keeping()
    try:
        author = await session.get_one(Author, author_id)
    finally:
        await session.close()
    return len(author.books)  # error: [detached-instance-access] "books"


async def reset_by_hand(author_id: int) -> int:
    """`reset()` detaches like `close()`."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
        await session.reset()
        return len(author.books)  # error: [detached-instance-access] "books"


async def expunged(session: AsyncSession, author_id: int) -> int:
    """`expunge()` detaches one instance."""
    author = await session.get_one(Author, author_id)
    session.expunge(author)
    return len(author.books)  # error: [detached-instance-access] "books"


async def all_expunged(session: AsyncSession, author_id: int) -> int:
    """`expunge_all()` detaches all."""
    author = await session.get_one(Author, author_id)
    session.expunge_all()
    return len(author.books)  # error: [detached-instance-access] "books"


async def awaited_when_detached(author_id: int) -> list[Book]:
    """`awaitable_attrs` needs a session."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    return await author.awaitable_attrs.books  # error: [detached-instance-access] "books"


async def by_property(author_id: int) -> int:
    """A property of the model."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    return author.book_count  # error: [detached-instance-access] "books"


async def by_method(author_id: int) -> dict[str, Any]:
    """A method of the model."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    return author.to_dict()  # error: [detached-instance-access] "books"


async def _fetch(author_id: int) -> Author | None:
    async with Keeping() as session:
        return await session.get(Author, author_id)


async def _fetch_all() -> Sequence[Author]:
    async with Keeping() as session:
        return (await session.scalars(select(Author))).all()


async def _rename(author_id: int) -> Author:
    async with Expiring() as session:
        author = await session.get_one(Author, author_id)
        author.name = "changed"
        await session.commit()
        return author


async def returned_from_block(author_id: int) -> int:
    """The helper's block is closed when its row arrives."""
    author = await _fetch(author_id)
    return len(author.books) if author else 0  # error: [detached-instance-access] "books"


async def list_returned_from_block() -> int:
    """Same with a list."""
    return sum(len(author.books) for author in await _fetch_all())  # error: [detached-instance-access] "books"


async def expired_row_returned(author_id: int) -> str:
    """Expired and detached by the helper."""
    author = await _rename(author_id)
    return author.name  # error: [detached-instance-access] "name"


class Repository:
    """Opens a session per call."""

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self.factory = factory

    async def get(self, author_id: int) -> Author:
        async with self.factory() as session:
            return await session.get_one(Author, author_id)


async def from_repository(author_id: int) -> int:
    """The repository's session is closed."""
    author = await Repository(Keeping).get(author_id)
    return len(author.books)  # error: [detached-instance-access] "books"


def _titles(author: Author) -> list[str]:
    return [book.title for book in author.books]


async def read_by_helper(author_id: int) -> list[str]:
    """The reading helper gets a detached row."""
    author = await _fetch(author_id)
    assert author is not None
    return _titles(author)  # error: [detached-instance-access] "books"


@asynccontextmanager
async def _undone() -> AsyncIterator[AsyncSession]:
    """What the block has left open is rolled back."""
    session = Keeping()
    try:
        yield session
        if session.in_transaction():
            await session.rollback()
    finally:
        await session.close()


async def left_open(author_id: int) -> str:
    """The rollback behind the block expires what was loaded in it."""
    async with _undone() as session:
        author = await session.get_one(Author, author_id)
    return author.name  # error: [detached-instance-access] "name"
