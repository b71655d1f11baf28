"""Engines and pools built in the body of a path operation or websocket handler."""

import asyncpg
from fastapi import APIRouter, FastAPI, WebSocket
from sqlalchemy import create_engine, engine_from_config, text
from sqlalchemy.ext.asyncio import AsyncSession, async_engine_from_config, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"
SYNC_DATABASE_URL = "postgresql+psycopg://app@db/orders"
POOL_DSN = "postgresql://app@db/orders"

app = FastAPI()
router = APIRouter()


@app.get("/orders/count")
async def count_orders() -> int:
    """A whole pool serves one statement and is left behind."""
    engine = create_async_engine(DATABASE_URL)  # error: 14 [request-scoped-engine]
    async with AsyncSession(engine) as session:
        return (await session.execute(text("select count(*) from orders"))).scalar_one()


@router.post("/orders/archive")
async def archive_orders() -> None:
    """Disposing at the end does not help: every request pays for connecting."""
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    try:
        async with engine.begin() as connection:
            await connection.execute(text("update orders set archived = true"))
    finally:
        await engine.dispose()


@router.get("/orders/report")
def report() -> int:
    """A plain `def` handler with a synchronous engine is no better."""
    engine = create_engine(SYNC_DATABASE_URL)  # error: [request-scoped-engine]
    with engine.connect() as connection:
        return connection.execute(text("select count(*) from orders")).scalar_one()


@router.get("/orders/from-config")
async def from_config() -> int:
    """`async_engine_from_config` constructs an engine too."""
    config = {"sqlalchemy.url": DATABASE_URL}
    engine = async_engine_from_config(config)  # error: [request-scoped-engine]
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


@router.get("/orders/sync-from-config")
def sync_from_config() -> int:
    """And so does `engine_from_config`."""
    engine = engine_from_config({"db.url": SYNC_DATABASE_URL}, prefix="db.")  # error: [request-scoped-engine]
    with engine.connect() as connection:
        return connection.execute(text("select 1")).scalar_one()


@app.get("/orders/raw")
async def raw_pool() -> int:
    """A driver pool per request opens `min_size` connections for one query."""
    async with asyncpg.create_pool(POOL_DSN) as pool:  # error: [request-scoped-engine]
        return await pool.fetchval("select 1")


@app.websocket("/orders/feed")
async def feed(websocket: WebSocket) -> None:
    """One pool for each client that connects."""
    await websocket.accept()
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    async with engine.connect() as connection:
        await websocket.send_json((await connection.execute(text("select 1"))).scalar_one())


async def health() -> bool:
    """Registered with a call instead of a decorator."""
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one() == 1


app.add_api_route("/health", health, methods=["GET"])
app.include_router(router)
