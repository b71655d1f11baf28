"""Sessions bound to something process-wide by code that runs later."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, lru_cache

from fastapi import FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)

_session: AsyncSession | None = None


def get_global_session() -> AsyncSession:
    """The singleton pattern, applied to the wrong object."""
    global _session
    if _session is None:
        _session = SessionFactory()  # error: 20 [global-session]
    return _session


@lru_cache(maxsize=1)
def get_cached_session() -> AsyncSession:
    """The cache returns the same session to every request."""
    return SessionFactory()  # error: 12 [global-session]


@cache
def get_tenant_session(tenant: str) -> AsyncSession:
    """One session per tenant is still shared by the tenant's requests."""
    return SessionFactory(info={"tenant": tenant})  # error: [global-session]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Managed, closed, and shared by everybody until then."""
    async with SessionFactory() as session:
        app.state.session = session  # error: 29 [global-session]
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/orders")
async def list_orders(request: Request) -> int:
    """Concurrent requests use one session."""
    session: AsyncSession = request.app.state.session
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/cached")
async def list_cached() -> int:
    """The call looks like one that opens a session."""
    session = get_cached_session()
    return (await session.execute(text("select 1"))).scalar_one()
