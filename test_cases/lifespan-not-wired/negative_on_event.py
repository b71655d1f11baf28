"""An app that owns its engine through events: ASA401 speaks."""

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

engine = create_async_engine(DATABASE_URL)
app = FastAPI()


@app.on_event("shutdown")  # error: [on-event-handler]
async def stop() -> None:
    """Disposes, though in the old way."""
    await engine.dispose()
