"""The application and a mounted one, whose engine is the main app's business."""

from fastapi import FastAPI
from sqlalchemy import text

from app.database import session_factory
from app.lifespan import lifespan

admin = FastAPI(title="Admin")


@admin.get("/orders")
async def list_orders() -> int:
    """Runs inside the main app's lifespan."""
    async with session_factory() as session:
        return (await session.execute(text("select 1"))).scalar_one()


app = FastAPI(title="Orders", lifespan=lifespan)
app.mount("/admin", admin)
