"""`callback` of an exit stack calls the method and drops what it returns."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


async def async_stack(engine: AsyncEngine) -> None:
    """`push_async_callback` is the one that awaits."""
    async with AsyncExitStack() as stack:
        stack.callback(engine.dispose)  # error: [dispose-not-awaited]


async def sync_stack(engine: AsyncEngine) -> None:
    """A synchronous stack awaits nothing at all."""
    with ExitStack() as stack:
        stack.callback(engine.dispose)  # error: [dispose-not-awaited]


async def session_on_a_stack(factory: async_sessionmaker[AsyncSession]) -> int:
    """The session is registered, and stays open."""
    async with AsyncExitStack() as stack:
        session = factory()
        stack.callback(session.close)  # error: [dispose-not-awaited]
        return (await session.execute(text("select 1"))).scalar_one()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Looks protected, disposes nothing."""
    async with AsyncExitStack() as stack:
        app.state.engine = create_async_engine(DATABASE_URL)
        stack.callback(app.state.engine.dispose)  # error: [dispose-not-awaited]
        yield


app = FastAPI(lifespan=lifespan)
