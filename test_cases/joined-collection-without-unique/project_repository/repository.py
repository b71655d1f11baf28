"""Generic queries with options from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from models import Base, Order

ModelT = TypeVar("ModelT", bound=Base)


class Repository(Generic[ModelT]):
    def __init__(self, session: AsyncSession, model: type[ModelT]) -> None:
        self.session = session
        self.model = model

    async def unique_list(self, *options: ExecutableOption) -> Sequence[ModelT]:
        return (await self.session.scalars(select(self.model).options(*options))).unique().all()

    async def first(self, *options: ExecutableOption) -> ModelT | None:
        return (await self.session.scalars(select(self.model).options(*options))).first()


def orders_with_lines() -> Select[tuple[Order]]:
    return select(Order).options(joinedload(Order.lines))
