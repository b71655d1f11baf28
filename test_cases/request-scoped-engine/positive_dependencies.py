"""Engines built in FastAPI dependencies: once per request, whatever the spelling."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

app = FastAPI()


async def get_session() -> AsyncIterator[AsyncSession]:
    """The session is managed well, but its pool lives for one request."""
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    factory = async_sessionmaker(engine, expire_on_commit=False)
    async with factory() as session:
        yield session


async def get_disposed_session() -> AsyncIterator[AsyncSession]:
    """Built and disposed for every request: no pooling at all."""
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    try:
        async with AsyncSession(engine, expire_on_commit=False) as session:
            yield session
    finally:
        await engine.dispose()


def get_engine() -> AsyncEngine:
    """A sub-dependency is called for every request as well."""
    return create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]


async def require_database() -> None:
    """Named only in `dependencies=`."""
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    async with engine.connect() as connection:
        await connection.execute(text("select 1"))


class Database:
    """A class as dependency: FastAPI calls the constructor for every request."""

    def __init__(self) -> None:
        self.engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]


class TenantEngine:
    """An instance as dependency: FastAPI calls `__call__` for every request."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def __call__(self, tenant: str) -> AsyncEngine:
        return create_async_engine(f"{self.url}_{tenant}")  # error: [request-scoped-engine]


EngineDep = Annotated[AsyncEngine, Depends(get_engine)]
router = APIRouter(dependencies=[Depends(require_database)])


@app.get("/orders")
async def list_orders(session: AsyncSession = Depends(get_session)) -> int:
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/orders/disposed")
async def list_disposed(session: Annotated[AsyncSession, Depends(get_disposed_session)]) -> int:
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/orders/engine")
async def with_engine(engine: EngineDep) -> int:
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


@router.get("/orders/class")
async def with_class(database: Annotated[Database, Depends()]) -> int:
    async with database.engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


@router.get("/orders/tenant")
async def with_tenant(engine: AsyncEngine = Depends(TenantEngine(DATABASE_URL))) -> int:
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


app.include_router(router)
