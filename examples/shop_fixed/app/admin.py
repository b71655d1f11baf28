"""The back office, a process of its own: `uvicorn app.admin:create_admin --factory`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from .db import build_engine, build_session_factory
from .dependencies import SessionDep
from .repositories import OrderRepository, UserRepository
from .schemas.reports import AdminStats
from .settings import Settings, load_settings

router = APIRouter()


@asynccontextmanager
async def admin_lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Engine and session factory of the back office."""
    engine = build_engine(app.state.settings)
    try:
        app.state.session_factory = build_session_factory(engine)
        yield
    finally:
        await engine.dispose()


@router.get("/stats")
async def stats(session: SessionDep) -> AdminStats:
    """How many users and orders there are."""
    return AdminStats(
        users=await UserRepository(session).total(),
        orders=await OrderRepository(session).total(),
    )


def create_admin(settings: Settings | None = None) -> FastAPI:
    """The back office on the shop's database."""
    app = FastAPI(title="Shop back office", lifespan=admin_lifespan)
    app.state.settings = settings or load_settings()
    app.include_router(router)
    return app
