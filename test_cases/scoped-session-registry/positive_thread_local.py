"""`scoped_session` is thread-local: all tasks of the event loop share one session."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import scoped_session, sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)
OldFactory = sessionmaker(class_=AsyncSession, expire_on_commit=False)

Session = scoped_session(SessionFactory)  # error: 11 [scoped-session-registry] "scoped_session"
OldSession = scoped_session(OldFactory)  # error: [scoped-session-registry]


async def ping() -> int:
    """Every concurrent caller gets the session of the thread."""
    return (await Session.execute(text("select 1"))).scalar_one()


class Database:
    """The registry on an attribute is no better."""

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self.session = scoped_session(factory)  # error: 24 [scoped-session-registry]
