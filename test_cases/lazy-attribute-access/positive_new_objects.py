"""Instances made in the function: after the flush an attribute that was never set is unloaded."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import Keeping
from models import Author, Book, Profile, Review


async def never_set(session: AsyncSession) -> int:
    """The collection was never given a value."""
    author = Author(name="new")
    session.add(author)
    await session.flush()
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def read_before(session: AsyncSession) -> int:
    """Reading the transient object's empty collection does not set it."""
    author = Author(name="new")
    before = len(author.books)
    session.add(author)
    await session.flush()
    return before + len(author.books)  # error: [lazy-attribute-access] "books"


async def committed() -> int:
    """A commit flushes; expire_on_commit is off, the collection was never loaded all the same."""
    async with Keeping() as session:
        author = Author(name="new")
        session.add(author)
        await session.commit()
        return len(author.books)  # error: [lazy-attribute-access] "books"


async def flushed_by_autoflush(session: AsyncSession) -> int:
    """A query flushes first."""
    author = Author(name="new")
    session.add(author)
    await session.execute(select(Book))
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def added_together(session: AsyncSession) -> int:
    """`add_all()` with a list."""
    authors = [Author(name="a"), Author(name="b")]
    session.add_all(authors)
    await session.flush()
    return sum(len(author.books) for author in authors)  # error: [lazy-attribute-access] "books"


async def one_to_one(session: AsyncSession) -> bool:
    """The reverse side of a one-to-one is looked up in the database."""
    author = Author(name="new")
    session.add(author)
    await session.flush()
    return author.profile is None  # error: [lazy-attribute-access] "profile"


async def element_of_given_collection(session: AsyncSession) -> int:
    """`books` was given, the given book's `reviews` were not."""
    author = Author(name="new", books=[Book(title="first")])
    session.add(author)
    await session.flush()
    return len(author.books[0].reviews)  # error: [lazy-attribute-access] "reviews"


async def backref_after_flush(session: AsyncSession) -> int:
    """A child that refers to a flushed parent does not load the parent's collection."""
    author = Author(name="new")
    session.add(author)
    await session.flush()
    session.add(Book(title="first", author=author))
    await session.flush()
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def by_foreign_key(session: AsyncSession, author_id: int) -> str:
    """Only the key was set: the author is not in this session."""
    book = Book(title="first", author_id=author_id)
    session.add(book)
    await session.flush()
    return book.author.name if book.author else ""  # error: [lazy-attribute-access] "author"


async def persistent_parent(session: AsyncSession, author_id: int) -> int:
    """The parent came from a query; a new child does not load its collection."""
    author = await session.get_one(Author, author_id)
    book = Book(title="more", author=author)
    return len(book.title) + len(author.books)  # error: [lazy-attribute-access] "books"


async def through_the_proxy(session: AsyncSession) -> list[str]:
    """An association proxy reads the relationship."""
    author = Author(name="new")
    session.add(author)
    await session.flush()
    return list(author.titles)  # error: [lazy-attribute-access] "books"


async def appended_child(session: AsyncSession) -> int:
    """The child went into a loaded collection, its own collections are unloaded."""
    author = Author(name="new", books=[])
    session.add(author)
    book = Book(title="first")
    author.books.append(book)
    await session.flush()
    return len(book.tags)  # error: [lazy-attribute-access] "tags"


async def in_nested_transaction(session: AsyncSession) -> int:
    """The end of a savepoint flushes."""
    async with session.begin_nested():
        profile = Profile(website="x")
        author = Author(name="new", profile=profile)
        session.add(author)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def created_by_helper(session: AsyncSession) -> int:
    """The helper flushes; the caller reads."""
    book = await _new_book(session)
    return len(book.tags)  # error: [lazy-attribute-access] "tags"


async def _new_book(session: AsyncSession) -> Book:
    book = Book(title="made", reviews=[Review(text="fine")])
    session.add(book)
    await session.flush()
    return book


async def deferred_never_set(session: AsyncSession) -> str | None:
    """A deferred column that was not given."""
    author = Author(name="new")
    session.add(author)
    await session.flush()
    return author.biography  # error: [lazy-attribute-access] "biography"


async def books_written_by_key(session: AsyncSession) -> int:
    """The refresh finds the book that was written for the new author, and no reviews of it."""
    author = Author(name="new")
    session.add(author)
    await session.flush()
    book = Book(title="first", author_id=author.id)
    session.add(book)
    await session.flush()
    await session.refresh(author, ["books"])
    return sum(len(each.reviews) for each in author.books)  # error: [lazy-attribute-access] "reviews"
