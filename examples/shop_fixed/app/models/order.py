"""Orders and their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Entity, TimestampMixin

if TYPE_CHECKING:
    from .product import Product
    from .user import User


class Order(TimestampMixin, Entity):
    """What one customer bought at one time."""

    __tablename__ = "orders"

    number: Mapped[str] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(20), default="open")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship(back_populates="orders")
    items: Mapped[list[OrderItem]] = relationship(back_populates="order", cascade="all, delete-orphan")

    def total(self) -> int:
        """Sum of all lines in cents."""
        return sum(item.amount for item in self.items)


class OrderItem(Entity):
    """One line of an order, with the price at the time."""

    __tablename__ = "order_items"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[int]
    unit_price: Mapped[int]
    order: Mapped[Order] = relationship(back_populates="items")
    product: Mapped[Product] = relationship()

    @property
    def amount(self) -> int:
        """Price of the whole line in cents."""
        return self.quantity * self.unit_price
