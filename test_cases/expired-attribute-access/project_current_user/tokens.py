"""Helpers that commit or roll back the caller's session."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from models import Token


async def issue(db: AsyncSession, user_id: int, value: str) -> None:
    db.add(Token(user_id=user_id, value=value))
    await db.commit()


async def issue_once(db: AsyncSession, user_id: int, value: str) -> None:
    db.add(Token(user_id=user_id, value=value))
    try:
        await db.flush()
    except IntegrityError:
        await db.rollback()


async def issue_in_savepoint(db: AsyncSession, user_id: int, value: str) -> None:
    try:
        async with db.begin_nested():
            db.add(Token(user_id=user_id, value=value))
    except IntegrityError:
        return
