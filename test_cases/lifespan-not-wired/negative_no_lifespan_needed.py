"""Unused context managers that are no lifespans, and an app that owns nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

app = FastAPI()


@asynccontextmanager
async def temporary_engine(url: str) -> AsyncIterator[AsyncEngine]:
    """Takes no app: a helper for scripts."""
    engine = create_async_engine(url)
    try:
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def announce(app: FastAPI) -> AsyncIterator[None]:
    """Takes the app but acquires no database resource."""
    print("starting", app.title)
    yield


@app.get("/orders")
async def list_orders(request: Request) -> int:
    """The engine was put there by whoever runs this app."""
    engine: AsyncEngine = request.app.state.engine
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()
