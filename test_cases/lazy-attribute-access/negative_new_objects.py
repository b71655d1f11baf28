"""New instances: what was set before the flush stays readable, before it everything is."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from db import Keeping
from models import Author, Book, Profile, Tag


async def transient(session: AsyncSession) -> int:
    """A transient object has empty relationships; nothing is queried."""
    author = Author(name="new")
    return len(author.books) + (author.profile is not None)


async def pending(session: AsyncSession) -> int:
    """Added but not flushed: still empty."""
    with session.no_autoflush:
        author = Author(name="new")
        session.add(author)
        return len(author.books) + (author.profile is not None)


async def set_by_constructor(session: AsyncSession) -> int:
    """The constructor sets the collection, even to an empty list."""
    author = Author(name="new", books=[], profile=None)
    session.add(author)
    await session.flush()
    return len(author.books) + (author.profile is not None)


async def filled_by_constructor(session: AsyncSession) -> list[str]:
    """A given list is the loaded value; its elements know their parent."""
    author = Author(name="new", books=[Book(title="first")])
    session.add(author)
    await session.flush()
    return [book.author.name for book in author.books if book.author]


async def appended_before_flush(session: AsyncSession) -> int:
    """`append()` on the transient object sets the collection."""
    author = Author(name="new")
    author.books.append(Book(title="first"))
    session.add(author)
    await session.flush()
    return len(author.books)


async def assigned_before_flush(session: AsyncSession) -> int:
    """So does an assignment."""
    author = Author(name="new")
    author.books = []
    session.add(author)
    await session.flush()
    return len(author.books)


async def by_backref(session: AsyncSession) -> int:
    """`Book(author=author)` appends to the collection of the transient author."""
    author = Author(name="new")
    book = Book(title="first", author=author)
    session.add(author)
    await session.flush()
    return len(author.books) + len(book.title)


async def parent_given(session: AsyncSession) -> str:
    """The many-to-one that was given."""
    author = Author(name="new")
    book = Book(title="first", author=author)
    session.add(book)
    await session.flush()
    return book.author.name if book.author else ""


async def no_parent(session: AsyncSession) -> bool:
    """With a null foreign key a many-to-one is None without a query."""
    book = Book(title="alone")
    session.add(book)
    await session.flush()
    return book.author is None


async def null_parent(session: AsyncSession) -> bool:
    """Null given explicitly, as object and as key."""
    first, second = Book(title="alone", author=None), Book(title="alone", author_id=None)
    session.add_all([first, second])
    await session.flush()
    return first.author is None and second.author is None


async def committed_with_value() -> int:
    """With expire_on_commit off the value survives the commit."""
    async with Keeping() as session:
        author = Author(name="new", books=[Book(title="first", tags=[Tag(name="x")])])
        session.add(author)
        await session.commit()
        return author.id + sum(len(book.tags) for book in author.books)


async def plain_columns(session: AsyncSession) -> str:
    """Columns are readable after the flush, unset nullable ones too."""
    book = Book(title="first")
    session.add(book)
    await session.flush()
    return f"{book.id} {book.title} {book.subtitle} {book.author_id}"


async def refreshed_by_name(session: AsyncSession) -> int:
    """A named refresh after the flush loads the collection."""
    author = Author(name="new")
    session.add(author)
    await session.flush()
    await session.refresh(author, ["books"])
    return len(author.books)


async def parent_held(session: AsyncSession, author_id: int) -> str:
    """The foreign key points to an author that a variable keeps in the session."""
    author = await session.get_one(Author, author_id)
    book = Book(title="more", author_id=author.id)
    session.add(book)
    await session.flush()
    return (book.author.name if book.author else "") + author.name


async def profile_of_new_author(session: AsyncSession) -> str:
    """One-to-one set from the other side."""
    author = Author(name="new")
    profile = Profile(website="x", author=author)
    session.add(profile)
    await session.flush()
    return author.profile.website if author.profile else ""


async def books_of_new_author(session: AsyncSession) -> list[str]:
    """Nobody has written books for the new author, so none is there whose reviews would be read."""
    author = Author(name="new")
    session.add(author)
    await session.flush()
    await session.refresh(author, ["books"])
    return [review.text for book in author.books for review in book.reviews]
