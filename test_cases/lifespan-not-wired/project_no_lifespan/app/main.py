"""The application."""

from fastapi import FastAPI

from app.routes import router


def create_app() -> FastAPI:
    """Forgets the lifespan."""
    app = FastAPI(title="Orders")  # error: 11 [lifespan-not-wired]
    app.include_router(router)
    return app


app = create_app()
