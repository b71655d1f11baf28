"""Factories are global, sessions are not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)
session: async_sessionmaker[AsyncSession] = SessionFactory

current_session: ContextVar[AsyncSession] = ContextVar("current_session")


@lru_cache(maxsize=1)
def get_factory() -> async_sessionmaker[AsyncSession]:
    """Caching the factory is what a cache is for."""
    return SessionFactory


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The factory belongs on `app.state`; the start-up session stays local."""
    app.state.session_factory = SessionFactory
    async with SessionFactory() as startup_session:
        await startup_session.execute(text("select 1"))
    yield


app = FastAPI(lifespan=lifespan)


class OrderService:
    """Built per request, so its attribute lives as long as the request."""

    session_factory = SessionFactory

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def count(self) -> int:
        """Uses the request's session."""
        return (await self.session.execute(text("select 1"))).scalar_one()


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """`request.state` belongs to one request (ASA202 is about it)."""
    async with request.app.state.session_factory() as session:
        request.state.session = session
        yield session


async def get_ambient_session() -> AsyncIterator[AsyncSession]:
    """A context variable set inside the request is private to its task."""
    async with get_factory()() as session:
        token = current_session.set(session)
        try:
            yield session
        finally:
            current_session.reset(token)


def get_service(session: Annotated[AsyncSession, Depends(get_session)]) -> OrderService:
    """A new service object for each request."""
    return OrderService(session)


@app.get("/orders")
async def list_orders(service: Annotated[OrderService, Depends(get_service)]) -> int:
    """Scoped from end to end."""
    return await service.count()


@app.get("/ambient", dependencies=[Depends(get_ambient_session)])
async def list_ambient() -> int:
    """Reads the context variable of its own task."""
    async with get_factory()() as other:
        return (await other.execute(text("select 1"))).scalar_one()


async def count(session: AsyncSession | None = None) -> int:
    """`None` is the right default."""
    if session is not None:
        return (await session.execute(text("select 1"))).scalar_one()
    async with SessionFactory() as own:
        return (await own.execute(text("select 1"))).scalar_one()
