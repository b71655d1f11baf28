"""Before the first request nothing waits for the loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from database import factory
from fastapi import FastAPI
from sqlalchemy import text
from starlette.types import Lifespan


async def warm_up() -> None:
    """Only awaited at the start."""
    with factory() as session:
        session.execute(text("select 1"))


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    with factory() as session:
        session.execute(text("select 1"))
    await warm_up()
    yield


app = FastAPI(lifespan=lifespan)


@asynccontextmanager
async def default_lifespan(app: FastAPI) -> AsyncIterator[None]:
    with factory() as session:
        session.execute(text("select 1"))
    yield


def create_app(other: Lifespan[FastAPI] | None = None) -> FastAPI:
    """One of two lifespans."""
    return FastAPI(lifespan=other or default_lifespan)


async def undecorated(app: FastAPI) -> AsyncIterator[None]:
    """Made a lifespan by a library, as where several are made one."""
    with factory() as session:
        session.execute(text("select 1"))
    yield


third = FastAPI(lifespan=asynccontextmanager(undecorated))
