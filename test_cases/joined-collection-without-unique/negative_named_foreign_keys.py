"""To-one relationships whose key is named by the relationship only: the tables declare none."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Plant(Base):
    __tablename__ = "plant"

    id: Mapped[int] = mapped_column(primary_key=True)


class Meter(Base):
    __tablename__ = "meter"

    id: Mapped[int] = mapped_column(primary_key=True)
    plant_id: Mapped[int]
    plant = relationship(
        "Plant", primaryjoin="Plant.id == Meter.plant_id", foreign_keys=[plant_id], viewonly=True
    )


async def meters(session: AsyncSession) -> Sequence[Meter]:
    return (await session.scalars(select(Meter).options(joinedload(Meter.plant)))).all()
