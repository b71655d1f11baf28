"""Lifespans that reach an app, by whatever way."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


@asynccontextmanager
async def _engine(app: Starlette, name: str) -> AsyncIterator[None]:
    """Shared by the lifespans below: publishes an engine and disposes it."""
    engine = create_async_engine(DATABASE_URL)
    setattr(app.state, name, engine)
    try:
        yield
    finally:
        await engine.dispose()


@asynccontextmanager
async def direct(app: FastAPI) -> AsyncIterator[None]:
    """Passed by keyword."""
    async with _engine(app, "direct"):
        yield


@asynccontextmanager
async def entered(app: FastAPI) -> AsyncIterator[None]:
    """Entered by another lifespan."""
    async with _engine(app, "entered"):
        yield


@asynccontextmanager
async def on_the_stack(app: FastAPI) -> AsyncIterator[None]:
    """Entered on an exit stack."""
    async with _engine(app, "on_the_stack"):
        yield


@asynccontextmanager
async def in_a_list(app: FastAPI) -> AsyncIterator[None]:
    """Entered in a loop over a list."""
    async with _engine(app, "in_a_list"):
        yield


PARTS: list[Callable[[FastAPI], AbstractAsyncContextManager[None]]] = [in_a_list]


@asynccontextmanager
async def combined(app: FastAPI) -> AsyncIterator[None]:
    """Enters the others."""
    async with entered(app), AsyncExitStack() as stack:
        await stack.enter_async_context(on_the_stack(app))
        for part in PARTS:
            await stack.enter_async_context(part(app))
        yield


@asynccontextmanager
async def assigned(app: FastAPI) -> AsyncIterator[None]:
    """Assigned to the router after the fact."""
    async with _engine(app, "assigned"):
        yield


@asynccontextmanager
async def bound(url: str, app: FastAPI) -> AsyncIterator[None]:
    """Passed through `partial`."""
    async with _engine(app, url):
        yield


@asynccontextmanager
async def of_router(app: FastAPI) -> AsyncIterator[None]:
    """Belongs to a router."""
    async with _engine(app, "of_router"):
        yield


@asynccontextmanager
async def of_starlette(app: Starlette) -> AsyncIterator[None]:
    """Belongs to a Starlette app."""
    async with _engine(app, "of_starlette"):
        yield


@asynccontextmanager
async def in_options(app: FastAPI) -> AsyncIterator[None]:
    """Travels in a mapping of options."""
    async with _engine(app, "in_options"):
        yield


OPTIONS = {"title": "Orders", "lifespan": in_options}

app = FastAPI(lifespan=direct)
combined_app = FastAPI(lifespan=combined)
assigned_app = FastAPI()
assigned_app.router.lifespan_context = assigned
partial_app = FastAPI(lifespan=partial(bound, "bound"))
app.include_router(APIRouter(lifespan=of_router))
starlette_app = Starlette(lifespan=of_starlette)
options_app = FastAPI(**OPTIONS)
