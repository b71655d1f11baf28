"""Guarded getters construct the engine at most once (ASA102 is about them)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

_engine: AsyncEngine | None = None
_factory: async_sessionmaker[AsyncSession] | None = None


def build_engine() -> AsyncEngine:
    """A helper that only the guarded getter calls."""
    return create_async_engine(DATABASE_URL)


def get_engine() -> AsyncEngine:
    """Filled on first use, kept in a global."""
    global _engine
    if _engine is None:
        _engine = build_engine()
    return _engine


def get_factory() -> async_sessionmaker[AsyncSession]:
    """The early return spelling of the same guard."""
    global _factory
    if _factory is not None:
        return _factory
    _factory = async_sessionmaker(get_engine(), expire_on_commit=False)
    return _factory


async def close_engine() -> None:
    """Called by the lifespan."""
    global _engine, _factory
    if _engine is not None:
        await _engine.dispose()
    _engine = None
    _factory = None


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Owns the end of the cached engine."""
    try:
        yield
    finally:
        await close_engine()


app = FastAPI(lifespan=lifespan)


async def get_session() -> AsyncIterator[AsyncSession]:
    """The dependency goes through the guarded getter."""
    async with get_factory()() as session:
        yield session


@app.get("/orders")
async def list_orders(session: AsyncSession = Depends(get_session)) -> int:
    """The pool is shared by all requests."""
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/ping")
async def ping() -> int:
    """Calls the getter directly."""
    async with get_engine().connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()
