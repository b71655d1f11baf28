"""One missed await among right ones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from database import factory
from fastapi import APIRouter, Depends, HTTPException
from models import Item
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import sessionmaker

router = APIRouter()


async def in_an_except_branch(session: AsyncSession, item: Item) -> None:
    session.add(item)
    try:
        await session.commit()
    except IntegrityError:
        session.rollback()  # error: [unawaited-database-call]
        raise


async def in_one_of_three(session: AsyncSession, item: Item) -> None:
    try:
        await session.merge(item)
        await session.commit()
    except IntegrityError:
        await session.rollback()
    except HTTPException:
        await session.rollback()
        raise
    except SQLAlchemyError:
        session.rollback()  # error: [unawaited-database-call]


async def in_else_and_finally(session: AsyncSession, item: Item) -> None:
    try:
        await session.merge(item)
    except SQLAlchemyError:
        await session.rollback()
    else:
        session.commit()  # error: [unawaited-database-call]
    finally:
        session.expunge_all()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with factory() as session:
        try:
            yield session
        except SQLAlchemyError:
            session.rollback()  # error: [unawaited-database-call]
            raise


@asynccontextmanager
async def session_scope() -> AsyncIterator[AsyncSession]:
    async with factory() as session:
        yield session
        session.commit()  # error: [unawaited-database-call]


async def old_factory(engine: AsyncEngine) -> None:
    make = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    async with make() as session:
        session.add(Item(name="x"))
        session.commit()  # error: [unawaited-database-call]


async def scope_used() -> None:
    async with session_scope() as session:
        session.flush()  # error: [unawaited-database-call]


async def in_a_loop(session: AsyncSession, items: list[Item]) -> None:
    for item in items:
        session.delete(item)  # error: [unawaited-database-call]
    await session.commit()


async def in_a_comprehension(session: AsyncSession, items: list[Item]) -> None:
    [session.delete(item) for item in items]  # error: [unawaited-database-call]
    await session.commit()


async def in_a_with_block(session: AsyncSession) -> None:
    async with session.begin():
        session.execute(delete(Item))  # error: [unawaited-database-call]


async def conditional(session: AsyncSession, item: Item | None) -> None:
    if item is not None:
        session.delete(item)  # error: [unawaited-database-call]
    await session.commit()


async def assigned_and_forgotten(session: AsyncSession) -> None:
    _ = session.commit()  # error: [unawaited-database-call]


class Repository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def remove(self, item: Item) -> None:
        self.session.delete(item)  # error: [unawaited-database-call]
        await self.session.commit()

    async def save(self, item: Item) -> None:
        self.session.add(item)
        self.session.flush()  # error: [unawaited-database-call]

    @classmethod
    async def remove_all(cls, db: AsyncSession) -> None:
        try:
            await db.execute(delete(Item))
            db.commit()  # error: [unawaited-database-call]
        except SQLAlchemyError:
            db.rollback()  # error: [unawaited-database-call]
            raise


@router.delete("/{item_id}")
async def endpoint(item_id: int, session: AsyncSession = Depends(get_session)) -> dict[str, bool]:
    await session.execute(delete(Item).where(Item.id == item_id))
    session.commit()  # error: [unawaited-database-call]
    return {"ok": True}
