"""Engines on `app.state`, in the yielded state, and in a nested lifespan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


class State(TypedDict):
    """What the lifespan hands to the requests."""

    engine: AsyncEngine


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Disposed through the same attribute."""
    app.state.engine = create_async_engine(DATABASE_URL)
    try:
        yield
    finally:
        await app.state.engine.dispose()


@asynccontextmanager
async def stateful_lifespan(app: FastAPI) -> AsyncIterator[State]:
    """The engine travels in the state, the local name disposes it."""
    engine = create_async_engine(DATABASE_URL)
    try:
        yield {"engine": engine}
    finally:
        await engine.dispose()


def attach_engine(app: FastAPI) -> None:
    """Start-up half in a helper."""
    app.state.replica = create_async_engine(DATABASE_URL)


async def detach_engine(app: FastAPI) -> None:
    """Shutdown half in another one."""
    await app.state.replica.dispose()


@asynccontextmanager
async def split_lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Both halves are called."""
    attach_engine(app)
    try:
        yield
    finally:
        await detach_engine(app)


app = FastAPI(lifespan=lifespan)
stateful_app = FastAPI(lifespan=stateful_lifespan)
split_app = FastAPI(lifespan=split_lifespan)
