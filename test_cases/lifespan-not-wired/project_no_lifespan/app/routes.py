"""Routes."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import get_session

router = APIRouter()


@router.get("/orders")
async def list_orders(session: Annotated[AsyncSession, Depends(get_session)]) -> int:
    """Uses the engine."""
    return (await session.execute(text("select 1"))).scalar_one()
