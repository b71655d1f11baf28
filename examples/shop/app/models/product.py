"""What the shop sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Entity, TimestampMixin

if TYPE_CHECKING:
    from .review import Review

product_tags = Table(
    "product_tags",
    Base.metadata,
    Column("product_id", ForeignKey("products.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Tag(Entity):
    """A word that products can be found by."""

    __tablename__ = "tags"

    name: Mapped[str] = mapped_column(String(40), unique=True)


class Product(TimestampMixin, Entity):
    """An article with its price in cents."""

    __tablename__ = "products"

    sku: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(40), index=True)
    price: Mapped[int]
    stock: Mapped[int] = mapped_column(default=0)
    description: Mapped[str] = mapped_column(Text, default="", deferred=True)
    reviews: Mapped[list[Review]] = relationship(back_populates="product")
    tags: Mapped[list[Tag]] = relationship(secondary=product_tags)
