"""The app is built in one place, the events follow later."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

calls: list[str] = []


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The only thing that runs."""
    calls.append("lifespan")
    yield


def create_app() -> FastAPI:
    """Both in one function."""
    app = FastAPI(lifespan=lifespan)

    @app.on_event("shutdown")  # error: 6 [on-event-ignored]
    async def stop() -> None:
        calls.append("shutdown")

    return app


app = create_app()


@app.on_event("startup")  # error: [on-event-ignored]
async def start() -> None:
    """The app comes from a function; it has a lifespan all the same."""
    calls.append("startup")
