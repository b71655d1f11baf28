"""The only application of a project, made below a lifespan that it is not given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:  # error: 11 [lifespan-not-wired] "lifespan"
    """Complete, and never run."""
    app.state.engine = create_async_engine(DATABASE_URL)
    try:
        yield
    finally:
        await app.state.engine.dispose()


app = FastAPI(
    title="Orders",  # shown in the docs
)


@app.get("/orders")
async def list_orders(request: Request) -> int:
    """Needs the engine."""
    async with request.app.state.engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()
