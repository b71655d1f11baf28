"""Engines built in helpers that requests call; the helper itself looks innocent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

app = FastAPI()


def make_engine(echo: bool = False) -> AsyncEngine:
    """Called through `session_factory` for every request."""
    return create_async_engine(DATABASE_URL, echo=echo)  # error: [request-scoped-engine]


def session_factory() -> async_sessionmaker[AsyncSession]:
    """The name promises a factory, the call makes a pool."""
    return async_sessionmaker(make_engine(), expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with session_factory()() as session:
        yield session


@app.get("/orders")
async def list_orders(session: AsyncSession = Depends(get_session)) -> int:
    return (await session.execute(text("select 1"))).scalar_one()


@asynccontextmanager
async def reporting_connection() -> AsyncIterator[AsyncEngine]:
    """A tidy context manager does not make the pool any older than the request."""
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    try:
        yield engine
    finally:
        await engine.dispose()


@app.get("/orders/report")
async def report() -> int:
    async with reporting_connection() as engine, engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


class ReportService:
    """A service is no data-access class, but a request calls its method."""

    async def total(self) -> int:
        engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
        async with engine.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one()


@app.get("/orders/total")
async def total() -> int:
    return await ReportService().total()
