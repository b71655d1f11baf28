"""The application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.engines import create_engine, registry


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Builds the engine once and closes every engine there is."""
    engine = create_engine()
    app.state.engine = engine
    try:
        yield
    finally:
        await engine.dispose()
        await registry.close_all()


app = FastAPI(lifespan=lifespan)


def get_engine(request: Request) -> AsyncEngine:
    """Hands out the engine of the process."""
    return request.app.state.engine


def get_tenant_engine(tenant: str) -> AsyncEngine:
    """Hands out the engine of the tenant."""
    return registry.get(tenant)


@app.get("/orders")
async def list_orders(engine: AsyncEngine = Depends(get_engine)) -> int:
    """Uses the shared engine."""
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


@app.get("/tenants/{tenant}/orders")
async def list_tenant_orders(engine: AsyncEngine = Depends(get_tenant_engine)) -> int:
    """Uses the cached engine of the tenant."""
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()
