"""`async_scoped_session` needs a `remove()` in every task and hides who owns the session."""

from asyncio import current_task
from contextvars import ContextVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_scoped_session, async_sessionmaker

request_id: ContextVar[str] = ContextVar("request_id", default="main")
SessionFactory = async_sessionmaker(expire_on_commit=False)

Session = async_scoped_session(SessionFactory, scopefunc=current_task)  # error: 11 [scoped-session-registry]
RequestSession = async_scoped_session(SessionFactory, request_id.get)  # error: [scoped-session-registry]
OneSession = async_scoped_session(SessionFactory, scopefunc=lambda: "main")  # error: [scoped-session-registry]


async def ping() -> int:
    """The session of the task stays in the registry, and its connection stays out."""
    return (await Session.execute(text("select 1"))).scalar_one()


async def ping_one() -> int:
    """A constant scope is a global session."""
    return (await OneSession.execute(text("select 1"))).scalar_one()


async def ping_request() -> int:
    """Child tasks inherit the context variable and with it the session."""
    return (await RequestSession.execute(text("select 1"))).scalar_one()


def build(factory: async_sessionmaker[AsyncSession]) -> async_scoped_session[AsyncSession]:
    """In a function as well."""
    return async_scoped_session(factory, current_task)  # error: [scoped-session-registry]
