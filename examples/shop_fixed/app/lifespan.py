"""What lives as long as the process: engines, the session factory, the audit trail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from .db import build_engine, build_session_factory
from .db.archive import open_archive
from .db.stock import StockFeed
from .services.audit import AuditTrail
from .services.catalog import load_categories
from .settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the databases, publish what requests need, close the databases."""
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        engine = build_engine(settings)
        stack.push_async_callback(engine.dispose)
        archive = open_archive(settings)
        stack.push_async_callback(archive.dispose)
        stock = StockFeed(settings)
        stack.push_async_callback(stock.close)
        factory = build_session_factory(engine)
        app.state.session_factory = factory
        app.state.archive = archive
        app.state.stock = stock
        app.state.audit = AuditTrail(factory)
        app.state.categories = await load_categories(factory)
        yield
