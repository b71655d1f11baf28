"""Aliases that the routers import."""

from typing import Annotated

from fastapi import Depends, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from database import get_db
from models import Order, User

DbSession = Annotated[AsyncSession, Depends(get_db)]


async def get_current_user(db: DbSession) -> User:
    user = (await db.scalars(select(User).where(User.name == "Ada"))).first()
    if user is None:
        raise HTTPException(401)
    return user


async def get_order(order_id: int, db: DbSession) -> Order:
    order = await db.get(Order, order_id, options=[selectinload(Order.items)])
    if order is None:
        raise HTTPException(404)
    return order


class OrderService:
    """A class as dependency: FastAPI calls its constructor."""

    def __init__(self, db: DbSession) -> None:
        self.db = db

    async def orders_of(self, user: User) -> list[Order]:
        return list((await self.db.scalars(select(Order).where(Order.user_id == user.id))).all())


CurrentUser = Annotated[User, Depends(get_current_user)]
OrderDep = Annotated[Order, Depends(get_order)]
OrderServiceDep = Annotated[OrderService, Depends()]
