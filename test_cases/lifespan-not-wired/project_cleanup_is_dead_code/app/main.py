"""App and mounted sub-app; the lifespan at the end is an afterthought."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import text

from app.database import engine_factory

subapp = FastAPI(title="Orders")


@subapp.get("/orders")
async def list_orders() -> int:
    """Uses a cached engine."""
    async with engine_factory.get_session() as session:
        return (await session.execute(text("select 1"))).scalar_one()


app = FastAPI()
app.mount("/api", subapp)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:  # error: 11 [lifespan-not-wired]
    """Would clean up if it were passed to `app`."""
    try:
        yield
    finally:
        await engine_factory.cleanup()
