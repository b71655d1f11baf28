"""What hands out the session is given: its annotation says that entering it gives one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from random import choice

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import Keeping
from models import Author


@asynccontextmanager
async def _plain() -> AsyncIterator[AsyncSession]:
    async with Keeping() as session:
        yield session


class _Authors:
    def __init__(self, scope: Callable[..., AbstractAsyncContextManager[AsyncSession]]) -> None:
        self.scope = scope

    async def books(self, author_id: int) -> int:
        async with self.scope() as session:
            author = (await session.scalars(select(Author).where(Author.id == author_id))).one()
            return len(author.books)  # error: [lazy-attribute-access] "Author.books"


async def through_a_scope(author_id: int) -> int:
    """Whichever scope it is, nothing has loaded the books."""
    return await _Authors(choice([_plain, Keeping])).books(author_id)
