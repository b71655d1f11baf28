"""An exit stack is in scope, and the engine is not given to it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"
REPLICA_URL = "postgresql+asyncpg://app@replica/orders"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The replica came later."""
    async with AsyncExitStack() as stack:
        engine = create_async_engine(DATABASE_URL)
        stack.push_async_callback(engine.dispose)
        replica = create_async_engine(REPLICA_URL)  # error: [engine-never-disposed] "app.state.replica"
        app.state.engine, app.state.replica = engine, replica
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/orders")
async def list_orders(request: Request) -> int:
    """Uses both."""
    async with request.app.state.engine.connect() as writer, request.app.state.replica.connect() as reader:
        await writer.execute(text("select 1"))
        return (await reader.execute(text("select 1"))).scalar_one()


def build_engine(url: str) -> AsyncEngine:
    """Hands the engine over to its caller."""
    return create_async_engine(url)


async def nightly_totals(url: str) -> int:
    """The connection is on the stack, its engine is not."""
    async with AsyncExitStack() as stack:
        engine = build_engine(url)  # error: [engine-never-disposed]
        connection = await stack.enter_async_context(engine.connect())
        return (await connection.execute(text("select 1"))).scalar_one()
