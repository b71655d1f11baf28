"""What all mapped classes share."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Registry of the shop's tables."""


class Entity(Base):
    """A row with a surrogate key."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)


class TimestampMixin:
    """When a row was made and when it was last changed, by the database's clock.

    Both come back with the INSERT or UPDATE that sets them.
    """

    __mapper_args__: ClassVar[dict[str, bool]] = {"eager_defaults": True}

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
