"""The application."""

from fastapi import APIRouter, FastAPI
from sqlalchemy import text

from app.dependencies import SessionDep

router = APIRouter(prefix="/orders")


@router.get("")
async def list_orders(session: SessionDep) -> int:
    """One request, one pool."""
    return (await session.execute(text("select 1"))).scalar_one()


app = FastAPI()
app.include_router(router)
