"""What lives as long as the process: engines, the session factory, the audit trail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from .db import build_engine, build_session_factory
from .db.stock import StockFeed
from .services.audit import AuditTrail
from .settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the databases, publish what requests need, close the databases."""
    settings: Settings = app.state.settings
    app.state.stock = StockFeed(settings)
    engine = build_engine(settings)
    app.state.session_factory = build_session_factory(engine)
    app.state.audit = AuditTrail(app.state.session_factory)
    yield
    await engine.dispose()  # error: [lifespan-cleanup-unprotected]
