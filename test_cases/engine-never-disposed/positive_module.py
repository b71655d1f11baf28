"""A module engine next to an app whose lifespan forgets it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"
REPLICA_URL = "postgresql+asyncpg://app@replica/orders"

engine = create_async_engine(DATABASE_URL)
replica = create_async_engine(REPLICA_URL)  # error: 11 [engine-never-disposed]
session_factory = async_sessionmaker(engine, expire_on_commit=False)
replica_factory = async_sessionmaker(replica, expire_on_commit=False)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Disposes one of two."""
    try:
        yield
    finally:
        await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def get_session() -> AsyncIterator[AsyncSession]:
    """Reads go to the replica."""
    async with replica_factory() as session:
        yield session


@app.get("/orders")
async def list_orders(session: AsyncSession = Depends(get_session)) -> int:
    """Uses the engine that stays open."""
    return (await session.execute(text("select 1"))).scalar_one()
