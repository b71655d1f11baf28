"""What customers think of products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Entity, TimestampMixin

if TYPE_CHECKING:
    from .product import Product
    from .user import User


class Review(TimestampMixin, Entity):
    """One to five stars and a few words."""

    __tablename__ = "reviews"

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    rating: Mapped[int]
    comment: Mapped[str] = mapped_column(Text)
    product: Mapped[Product] = relationship(back_populates="reviews")
    author: Mapped[User] = relationship()
