"""In synchronous, threaded code the thread-local registry is what it was made for."""

from sqlalchemy import Engine, text
from sqlalchemy.orm import scoped_session, sessionmaker

SessionFactory = sessionmaker(expire_on_commit=False)
Session = scoped_session(SessionFactory)


def ping(engine: Engine) -> int:
    """One session per thread, removed at the end."""
    Session.configure(bind=engine)
    try:
        return Session.execute(text("select 1")).scalar_one()
    finally:
        Session.remove()
