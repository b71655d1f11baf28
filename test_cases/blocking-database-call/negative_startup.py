"""Before the first request nothing waits for the loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from database import factory
from fastapi import FastAPI
from sqlalchemy import text


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    with factory() as session:
        session.execute(text("select 1"))
    yield


app = FastAPI(lifespan=lifespan)
