"""A refresh in a session that the instance does not belong to."""

from db import Keeping
from models import Author
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def _found(author_id: int) -> Author:
    async with Keeping() as session:
        return await session.get_one(Author, author_id)


async def in_another_block(author_id: int) -> str:
    """Loaded in one block, refreshed in the next."""
    async with Keeping() as session:
        author = await session.get_one(Author, author_id)
    async with Keeping() as session:
        await session.refresh(author)  # error: [detached-instance-access] does not belong to the session
        return author.name


async def _refreshed(session: AsyncSession, author: Author) -> int:
    await session.refresh(author, ["books"])
    return len(author.books)


async def through_a_helper(author_id: int) -> int:
    """The helper gets both; who opened the session answers for it."""
    author = await _found(author_id)
    async with Keeping() as session:
        return await _refreshed(session, author)  # error: [detached-instance-access]


async def given(author: Author) -> int:
    """An instance that was there before the session was opened."""
    async with Keeping() as session:
        return await _refreshed(session, author)  # error: [detached-instance-access]


async def beside_another(author: Author) -> str:
    """Loading the same row gives another object."""
    async with Keeping() as session:
        same = (await session.scalars(select(Author).where(Author.id == 1))).one()
        await session.refresh(author)  # error: [detached-instance-access]
        return same.name
