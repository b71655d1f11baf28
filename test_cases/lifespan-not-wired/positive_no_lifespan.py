"""An engine of the process and an app that has no lifespan at all to dispose it."""

from collections.abc import AsyncIterator

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

engine = create_async_engine(DATABASE_URL)
session_factory = async_sessionmaker(engine, expire_on_commit=False)

app = FastAPI(title="Orders")  # error: 7 [lifespan-not-wired]


async def get_session() -> AsyncIterator[AsyncSession]:
    """One session per request."""
    async with session_factory() as session:
        yield session


@app.get("/orders")
async def list_orders(session: AsyncSession = Depends(get_session)) -> int:
    """Uses the engine that nobody disposes."""
    return (await session.execute(text("select 1"))).scalar_one()
