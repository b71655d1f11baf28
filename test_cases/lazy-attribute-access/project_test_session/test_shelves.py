"""Fixtures and the code under test have put rows into the session that the test reads."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Box, Shelf
from service import fill


async def test_fill(session: AsyncSession) -> None:
    await fill(session)
    shelf = (await session.scalars(select(Shelf))).one()
    assert len(shelf.boxes) == 2
    box = (await session.scalars(select(Box))).first()
    assert box is not None
    assert box.shelf is shelf
