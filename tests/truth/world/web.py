"""An application started and asked without a server."""

from __future__ import annotations

import httpx
from fastapi import FastAPI


async def start(app: FastAPI) -> None:
    """Run start-up and shutdown."""
    async with app.router.lifespan_context(app):
        pass


async def ask(app: FastAPI, path: str = "/") -> httpx.Response:
    """The answer to a request; an error of the application is raised."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://row") as client:
        return await client.get(path)
