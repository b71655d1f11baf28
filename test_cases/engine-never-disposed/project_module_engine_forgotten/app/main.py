"""The application."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import get_session

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Only logs."""
    logger.info("starting")
    yield
    logger.info("stopping")


app = FastAPI(lifespan=lifespan)


@app.get("/orders")
async def list_orders(session: Annotated[AsyncSession, Depends(get_session)]) -> int:
    """Uses the engine of the other module."""
    return (await session.execute(text("select 1"))).scalar_one()
