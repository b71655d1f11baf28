"""Work that the start-up only sets going runs beside the requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from database import factory
from fastapi import FastAPI
from sqlalchemy import text


async def refresh_for_ever() -> None:
    while True:
        with factory() as session:
            session.execute(text("select 1"))  # error: [blocking-database-call]
        await asyncio.sleep(60)


async def check() -> None:
    with factory() as session:
        session.execute(text("select 1"))  # error: [blocking-database-call]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    refreshing = asyncio.create_task(refresh_for_ever())
    await check()
    yield
    refreshing.cancel()


app = FastAPI(lifespan=lifespan)


@app.get("/check")
async def check_now() -> None:
    await check()
