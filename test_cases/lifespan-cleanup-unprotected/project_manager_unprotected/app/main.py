"""Two apps: one protects its shutdown, one does not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.database import Database

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """`close` is skipped when the app fails."""
    database = Database(DATABASE_URL)
    app.state.database = database
    yield
    await database.close()  # error: 11 [lifespan-cleanup-unprotected]


@asynccontextmanager
async def protected_lifespan(app: FastAPI) -> AsyncIterator[None]:
    """`close` is always reached."""
    database = Database(DATABASE_URL)
    app.state.database = database
    try:
        yield
    finally:
        await database.close()


app = FastAPI(lifespan=lifespan)
protected_app = FastAPI(lifespan=protected_lifespan)
