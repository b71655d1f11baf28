"""A module engine whose app disposes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

engine = create_async_engine(DATABASE_URL)
session_factory = async_sessionmaker(engine, expire_on_commit=False)
unpooled_engine = create_async_engine(DATABASE_URL, poolclass=NullPool)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Ends the life of the pool; the engine without a pool needs nothing."""
    try:
        yield
    finally:
        await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def get_session() -> AsyncIterator[AsyncSession]:
    """One session per request."""
    async with session_factory() as session:
        yield session


@app.get("/orders")
async def list_orders(session: AsyncSession = Depends(get_session)) -> int:
    """Uses the shared engine."""
    return (await session.execute(text("select 1"))).scalar_one()
