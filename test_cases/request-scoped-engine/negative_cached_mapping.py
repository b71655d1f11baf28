"""Engines cached by key, by `functools`, in a class attribute or on `app.state`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, lru_cache
from typing import ClassVar

from fastapi import FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

_by_loop: dict[tuple[str, int], AsyncEngine] = {}


def engine_for_loop() -> AsyncEngine:
    """One engine per event loop, kept in a module dictionary."""
    key = (DATABASE_URL, id(asyncio.get_running_loop()))
    if key not in _by_loop:
        _by_loop[key] = create_async_engine(DATABASE_URL)
    return _by_loop[key]


@lru_cache(maxsize=1)
def shared_engine() -> AsyncEngine:
    """`lru_cache` makes it a singleton."""
    return create_async_engine(DATABASE_URL)


@cache
def tenant_engine(tenant: str) -> AsyncEngine:
    """One engine per tenant, not per request."""
    return create_async_engine(f"{DATABASE_URL}_{tenant}")


class Engines:
    """Keeps its engine in a class attribute."""

    engine: ClassVar[AsyncEngine | None] = None

    @classmethod
    def get(cls) -> AsyncEngine:
        """Builds on first use only."""
        if cls.engine is None:
            cls.engine = create_async_engine(DATABASE_URL)
        return cls.engine

    @classmethod
    async def close(cls) -> None:
        """Called by the lifespan."""
        if cls.engine is not None:
            await cls.engine.dispose()
            cls.engine = None


def state_engine(request: Request) -> AsyncEngine:
    """`app.state` lives as long as the process."""
    engine = getattr(request.app.state, "engine", None)
    if engine is None:
        engine = create_async_engine(DATABASE_URL)
        request.app.state.engine = engine
    return engine


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Owns the end of every cached engine."""
    try:
        yield
    finally:
        for engine in _by_loop.values():
            await engine.dispose()
        await shared_engine().dispose()
        await tenant_engine("main").dispose()
        await Engines.close()
        if hasattr(app.state, "engine"):
            await app.state.engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/orders/{tenant}")
async def count(tenant: str, request: Request) -> int:
    """Every getter answers from its cache after the first request."""
    answer = 0
    for engine in (
        engine_for_loop(),
        shared_engine(),
        tenant_engine(tenant),
        Engines.get(),
        state_engine(request),
    ):
        async with engine.connect() as connection:
            answer += (await connection.execute(text("select 1"))).scalar_one()
    return answer
