"""Handlers next to a lifespan: they are registered and never called."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

calls: list[str] = []


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The only thing that runs."""
    calls.append("lifespan")
    yield


async def start() -> None:
    """Never called."""
    calls.append("keyword")


async def stop() -> None:
    """Never called."""
    calls.append("call")


app = FastAPI(
    lifespan=lifespan,
    on_startup=[start],  # error: 16 [on-event-ignored]
)


@app.on_event("startup")  # error: 2 [on-event-ignored]
async def start_app() -> None:
    """Never called."""
    calls.append("decorator")


@app.router.on_event("startup")  # error: [on-event-ignored]
async def start_router() -> None:
    """The app's own router is no way around it."""
    calls.append("router decorator")


app.router.add_event_handler("shutdown", stop)  # error: 1 [on-event-ignored]
