"""Everything here runs on a synchronous session."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import User


def posts_of(session: Session, user_id: int) -> int:
    """The query runs where it is asked for (not run: needs a synchronous driver)."""
    user = session.get_one(User, user_id)
    return user.posts.count()
