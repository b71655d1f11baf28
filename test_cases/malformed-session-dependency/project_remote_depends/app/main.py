"""The application."""

from fastapi import FastAPI
from sqlalchemy import text

from app.api.deps import DbSession, ManagedSession
from app.db import session_for_caller

app = FastAPI()


@app.get("/orders")
async def list_orders(session: DbSession) -> int:
    """Loses a connection per request."""
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/managed")
async def list_managed(session: ManagedSession) -> int:
    """Gives it back."""
    async with session_for_caller() as own:
        await own.execute(text("select 1"))
    return (await session.execute(text("select 1"))).scalar_one()
