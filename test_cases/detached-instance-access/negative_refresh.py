"""A refresh of what belongs to the session."""

from db import Keeping
from models import Author
from sqlalchemy.ext.asyncio import AsyncSession


async def own(author_id: int) -> str:
    """Loaded by the session itself."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
        await session.refresh(author)
        return author.name


async def added(author_id: int) -> str:
    """Added to the second session, it belongs to that."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    async with Keeping() as session:
        session.add(author)
        await session.refresh(author)
        return author.name


async def brought_along(author_id: int) -> str:
    """Adding an object adds what it refers to."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
        await session.refresh(author, ["books"])
        book = author.books[0]
    async with Keeping() as session:
        session.add(author)
        await session.refresh(book)
        return book.title


async def merged(author_id: int) -> str:
    """`merge` gives the copy that belongs to the session."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    async with Keeping() as session:
        author = await session.merge(author)
        await session.refresh(author)
        return author.name


async def _kept(session: AsyncSession, author: Author) -> None:
    session.add(author)
    await session.commit()
    await session.refresh(author)


async def added_by_a_helper(author_id: int) -> str:
    """The helper adds what it refreshes."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    async with Keeping() as session:
        await _kept(session, author)
        return author.name


async def made_for_a_helper() -> str:
    """A new object is added by the helper as well."""
    author = Author(name="new")
    async with Keeping() as session:
        await _kept(session, author)
        return author.name


async def loaded_for_a_helper(author_id: int) -> str:
    """The instance is of the session that the helper is given."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
        await _kept(session, author)
        return author.name


async def both_given(session: AsyncSession, author: Author) -> str:
    """Whoever calls this knows where the two come from."""
    await session.refresh(author)
    return author.name


async def _added_from_wherever(author: Author) -> str:
    """The caller's object belongs to the session that it is added to."""
    async with Keeping() as session:
        session.add(author)
        await session.commit()
        await session.refresh(author)
        return author.name
