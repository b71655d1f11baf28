"""What the objects are can not be told, or they are not what their names say."""

import sqlite3
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, sessionmaker


async def untyped(session, db) -> None:
    session.execute(text("select 1"))
    db.query(object).all()


def _statement(session: Session) -> None:
    session.execute(text("select 1"))


async def declared_by_the_helper_alone(session) -> None:
    """What is handed over is not known here; that the helper wants another kind is its own affair."""
    _statement(session)


async def either(session: Session | AsyncSession) -> None:
    result = session.execute(text("select 1"))
    if not isinstance(session, Session):
        await result


async def wrongly_declared(session: Session) -> None:
    """What is awaited was asynchronous, whatever its declaration says."""
    await session.execute(text("select 1"))


async def of_some_class(session_class: Any) -> None:
    factory = sessionmaker(class_=session_class)
    factory().execute(text("select 1"))


async def with_options(options: dict[str, Any]) -> None:
    factory = sessionmaker(**options)
    factory().execute(text("select 1"))


class Buffered(Session):
    def execute(self, *args: Any, **kwargs: Any) -> Any:
        return []


async def own_method() -> list[object]:
    return list(Buffered().execute(select(1)))


async def in_memory() -> None:
    """Nothing outside of the process is waited for when it is opened."""
    sqlite3.connect(":memory:").close()
