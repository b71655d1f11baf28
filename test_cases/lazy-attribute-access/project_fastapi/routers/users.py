"""Routes about users."""

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from database import get_db
from deps import CurrentUser, DbSession
from models import User

router = APIRouter()


@router.get("/me/orders")
async def my_orders(user: CurrentUser) -> list[int]:
    """Fails: the dependency loads the user without orders."""
    return [order.id for order in user.orders]  # error: [lazy-attribute-access] "orders"


@router.get("/me/name")
async def my_name(user: CurrentUser) -> str:
    """A column of the user."""
    return user.name


@router.get("/me/awaited")
async def my_orders_awaited(user: CurrentUser) -> list[int]:
    """Loaded on demand."""
    return [order.id for order in await user.awaitable_attrs.orders]


@router.get("/me/refreshed")
async def my_orders_refreshed(user: CurrentUser, db: DbSession) -> list[int]:
    """The user lives in the same session as `db`: FastAPI calls `get_db` once per request."""
    await db.refresh(user, ["orders"])
    return [order.id for order in user.orders]


@router.get("/{user_id}/orders")
async def orders_of(user_id: int, db: AsyncSession = Depends(get_db)) -> int:
    """Fails: default-value spelling of the dependency."""
    user = (await db.execute(select(User).where(User.id == user_id))).scalar_one()
    return len(user.orders)  # error: [lazy-attribute-access] "orders"
