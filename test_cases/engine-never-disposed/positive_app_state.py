"""Engines on `app.state` that the lifespan does not dispose."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"
REPLICA_URL = "postgresql+asyncpg://app@replica/orders"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The second engine was added later, its disposal was not."""
    app.state.engine = create_async_engine(DATABASE_URL)
    app.state.replica = create_async_engine(REPLICA_URL)  # error: [engine-never-disposed]
    try:
        yield
    finally:
        await app.state.engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/orders")
async def list_orders(request: Request) -> int:
    """Uses both."""
    async with request.app.state.engine.connect() as writer, request.app.state.replica.connect() as reader:
        await writer.execute(text("select 1"))
        return (await reader.execute(text("select 1"))).scalar_one()
