"""Errors of the domain and the responses they become."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse


class ShopError(Exception):
    """A request that can not be served, for a reason the client may read."""

    status = 400


class NotFound(ShopError):
    """The thing asked for does not exist."""

    status = 404


class Conflict(ShopError):
    """The thing to be made exists already."""

    status = 409


async def _respond(_: Request, error: Exception) -> JSONResponse:
    status = error.status if isinstance(error, ShopError) else 500
    return JSONResponse({"detail": str(error)}, status_code=status)


def install_error_handlers(app: FastAPI) -> None:
    """Let `app` answer domain errors with their status."""
    app.add_exception_handler(ShopError, _respond)
