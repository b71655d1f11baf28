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


async def both_given(session: AsyncSession, author: Author) -> str:
    """Whoever calls this knows where the two come from."""
    await session.refresh(author)
    return author.name
