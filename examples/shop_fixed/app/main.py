"""The application: `uvicorn app.main:create_app --factory`."""

from __future__ import annotations

from fastapi import FastAPI

from .errors import install_error_handlers
from .lifespan import lifespan
from .routers import exports, flags, orders, products, reports, reviews, users
from .settings import Settings, load_settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """The shop's application on the databases that `settings` names."""
    app = FastAPI(title="Shop", lifespan=lifespan)
    app.state.settings = settings or load_settings()

    app.include_router(users.router, prefix="/users", tags=["users"])
    app.include_router(products.router, prefix="/products", tags=["products"])
    app.include_router(reviews.router, prefix="/reviews", tags=["reviews"])
    app.include_router(orders.router, prefix="/orders", tags=["orders"])
    app.include_router(reports.router, prefix="/reports", tags=["reports"])
    app.include_router(exports.router, prefix="/exports", tags=["exports"])
    app.include_router(flags.router, prefix="/flags", tags=["flags"])
    install_error_handlers(app)
    return app
