"""After the session block: everything that was loaded inside stays readable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload, undefer

from db import Expiring, Keeping
from models import Author, Book


async def columns(author_id: int) -> str:
    """Plain columns are part of the instance."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    return f"{author.id} {author.name}"  # ok: [detached-instance-access]


async def columns_of_expiring(author_id: int) -> str:
    """An expiring session that never commits expires nothing."""
    async with Expiring() as session:
        author = await session.get_one(Author, author_id)
    return author.name


async def committed_and_kept(author_id: int) -> str:
    """`expire_on_commit=False` and a commit."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
        author.name = "changed"
        await session.commit()
    return author.name


async def committed_and_refreshed(author_id: int) -> str:
    """Refreshed before the block ends."""
    async with Expiring() as session:
        author = await session.get_one(Author, author_id)
        await session.commit()
        await session.refresh(author)
    return author.name


async def loaded_by_option(author_id: int) -> int:
    """The option's collection is loaded."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    return len(author.books)


async def loaded_chain() -> int:
    """Two hops, both loaded."""
    async with Keeping() as session:
        option = selectinload(Author.books).selectinload(Book.reviews)
        authors = (await session.scalars(select(Author).options(option))).all()
    return sum(len(book.reviews) for author in authors for book in author.books)


async def many_to_one_by_option() -> list[str]:
    """Null references included: the option has loaded None."""
    async with Keeping() as session:
        books = (await session.scalars(select(Book).options(joinedload(Book.author)))).all()
    return [book.author.name if book.author else "" for book in books]


async def undeferred(author_id: int) -> str | None:
    """The deferred column was asked for."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id, options=[undefer(Author.biography)])
    return author.biography


async def read_inside(author_id: int) -> list[str]:
    """The plain list was made inside the block."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
        titles = [book.title for book in author.books]
    return titles


async def awaited_inside(author_id: int) -> int:
    """Loaded by `awaitable_attrs` before the end."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
        await author.awaitable_attrs.books
    return len(author.books)


async def refreshed_inside(author_id: int) -> int:
    """Loaded by a named refresh before the end."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
        await session.refresh(author, ["books"])
    return len(author.books)


async def constructed() -> int:
    """Given to the constructor; the factory keeps."""
    async with Keeping() as session:
        author = Author(name="new", books=[Book(title="first")])
        session.add(author)
        await session.commit()
    return author.id + len(author.books)


async def merged_into_another(author_id: int) -> int:
    """The instance was merged into a live session and loaded there."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    async with Keeping() as session:
        copy = await session.merge(author)
        await session.refresh(copy, ["books"])
        return len(copy.books)


async def added_to_another(author_id: int) -> int:
    """Or added to it: attached again."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    async with Keeping() as session:
        session.add(author)
        await session.refresh(author, ["books"])
        return len(author.books)


async def key_used_in_another(author_id: int) -> int:
    """Only the key leaves the block."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    async with Keeping() as session:
        again = await session.get_one(Author, author.id, options=[selectinload(Author.books)])
        return len(again.books)


async def _fetch(author_id: int) -> Author:
    async with Keeping() as session:
        return await session.get_one(Author, author_id, options=[selectinload(Author.books)])


async def _fetch_all() -> Sequence[Author]:
    async with Keeping() as session:
        return (await session.scalars(select(Author))).all()


async def returned_loaded(author_id: int) -> int:
    """The helper loads what its caller reads."""
    author = await _fetch(author_id)
    return len(author.books)


async def returned_columns() -> list[str]:
    """The caller reads columns."""
    return [author.name for author in await _fetch_all()]


async def assigned_when_detached(author_id: int) -> str:
    """Assigning to a detached instance needs no session."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    author.name = "changed"
    return author.name


async def transient() -> int:
    """Never belonged to a session."""
    author = Author(name="new")
    return len(author.books)


async def expunged_columns(session: AsyncSession, author_id: int) -> str:
    """An expunged instance keeps its columns."""
    author = await session.get_one(Author, author_id)
    session.expunge(author)
    return author.name


async def still_open(author_id: int) -> int:
    """The inner block closed another session."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
        async with Keeping() as other:
            await other.get_one(Book, 1)
        await session.refresh(author, ["books"])
        return len(author.books)


class _Undoing:
    """Rolls back when a database error ends its block."""

    def __init__(self) -> None:
        self.session = Keeping()

    async def __aenter__(self) -> AsyncSession:
        return self.session

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (SQLAlchemyError, OSError)):
            await self.session.rollback()
        await self.session.close()


async def ended_without_an_error(author_id: int) -> str:
    """Nothing ended the block but its last line."""
    async with _Undoing() as session:
        author = await session.get_one(Author, author_id)
    return author.name


@asynccontextmanager
async def _undone() -> AsyncIterator[AsyncSession]:
    """What the block has left open is rolled back."""
    session = Keeping()
    try:
        await session.execute(select(Author.id))
        yield session
        if session.in_transaction():
            await session.rollback()
    finally:
        await session.close()


async def committed_before_the_end(author_id: int) -> str:
    """The block has left nothing open."""
    async with _undone() as session:
        author = await session.get_one(Author, author_id)
        await session.commit()
    return author.name
