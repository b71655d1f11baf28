"""Engines built in middleware, exception handlers and background tasks."""

from collections.abc import Awaitable, Callable

from fastapi import BackgroundTasks, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

app = FastAPI()


class QuotaExceeded(Exception):
    """A customer ordered too often."""


@app.middleware("http")
async def log_request(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Function middleware runs around every request."""
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    async with engine.begin() as connection:
        await connection.execute(text("insert into hits (path) values (:path)"), {"path": request.url.path})
    return await call_next(request)


class AuditMiddleware(BaseHTTPMiddleware):
    """`dispatch` runs for every request, only `__init__` runs once."""

    async def dispatch(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
        async with AsyncSession(engine) as session:
            await session.execute(text("select 1"))
        return await call_next(request)


class RawMiddleware:
    """A raw ASGI middleware: `__call__` runs for every request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))
        await self.app(scope, receive, send)


app.add_middleware(AuditMiddleware)
app.add_middleware(RawMiddleware)


@app.exception_handler(QuotaExceeded)
async def quota_exceeded(request: Request, error: QuotaExceeded) -> JSONResponse:
    """One pool for every failing request."""
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    async with engine.begin() as connection:
        await connection.execute(text("insert into failures (path) values (:path)"), {"path": request.url.path})
    return JSONResponse({"detail": "quota exceeded"}, status_code=429)


async def value_error(request: Request, error: Exception) -> JSONResponse:
    """Registered with `add_exception_handler`."""
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    async with engine.connect() as connection:
        await connection.execute(text("select 1"))
    return JSONResponse({"detail": "bad value"}, status_code=400)


app.add_exception_handler(ValueError, value_error)


async def send_receipt(order_id: int) -> None:
    """Runs once for every order, after the response."""
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    async with AsyncSession(engine) as session:
        await session.execute(text("select email from orders where id = :id"), {"id": order_id})


@app.post("/orders/{order_id}/receipt")
async def receipt(order_id: int, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(send_receipt, order_id)
