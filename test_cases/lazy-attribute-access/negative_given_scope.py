"""What hands out the session is given; all that is read has been loaded, or what it gives is not said."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from random import choice
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

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
            statement = select(Author).where(Author.id == author_id).options(selectinload(Author.books))
            return len((await session.scalars(statement)).one().books)


class _Anything:
    def __init__(self, make: Callable[..., Any]) -> None:
        self.make = make

    async def books(self) -> int:
        return len(await self.make())


async def _titles() -> list[str]:
    return ["One"]


async def through_a_scope(author_id: int) -> int:
    """Loaded by the statement."""
    return await _Authors(choice([_plain, Keeping])).books(author_id)


async def through_anything() -> int:
    """What a call gives is not said."""
    return await _Anything(choice([_titles])).books()
