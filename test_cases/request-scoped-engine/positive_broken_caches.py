"""Looks like a cached engine, but every request still constructs one."""

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

app = FastAPI()
_engine: AsyncEngine | None = None
_engines: dict[str, AsyncEngine] = {}


def never_stored() -> AsyncEngine:
    """The guard is there, the assignment to the global is missing."""
    if _engine is None:
        return create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    return _engine


def stored_in_a_local() -> AsyncEngine:
    """Without `global` the fresh engine is bound to a local name."""
    engine = _engine
    if engine is None:
        engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    return engine


def always_overwritten(tenant: str) -> AsyncEngine:
    """Stored, never looked up: the previous pool of the tenant is abandoned."""
    _engines[tenant] = create_async_engine(f"{DATABASE_URL}_{tenant}")  # error: [request-scoped-engine]
    return _engines[tenant]


@app.get("/never-stored")
async def never(engine: AsyncEngine = Depends(never_stored)) -> int:
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


@app.get("/local")
async def local(engine: AsyncEngine = Depends(stored_in_a_local)) -> int:
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


@app.get("/overwritten/{tenant}")
async def overwritten(engine: AsyncEngine = Depends(always_overwritten)) -> int:
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()
