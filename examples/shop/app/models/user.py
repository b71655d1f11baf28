"""Customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DynamicMapped, Mapped, mapped_column, relationship

from .base import Entity, TimestampMixin

if TYPE_CHECKING:
    from .order import Order


class User(TimestampMixin, Entity):
    """A customer, known by e-mail address."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    orders: Mapped[list[Order]] = relationship(back_populates="user")
    addresses: DynamicMapped[Address] = relationship(back_populates="user")  # error: [dynamic-relationship]


class Address(Entity):
    """Where a customer wants parcels."""

    __tablename__ = "addresses"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    street: Mapped[str]
    city: Mapped[str]
    user: Mapped[User] = relationship(back_populates="addresses")
