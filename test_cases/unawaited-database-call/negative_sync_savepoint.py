"""The savepoint of a synchronous session is not asynchronous either."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session


def insert_unless_there(session: Session, row: object) -> None:
    with session.begin_nested() as nested:
        try:
            session.add(row)
            session.flush()
        except IntegrityError:
            nested.rollback()
