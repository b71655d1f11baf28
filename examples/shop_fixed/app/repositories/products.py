"""Queries for products."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from ..models import Product
from .base import Repository


class ProductRepository(Repository[Product]):
    """Products."""

    model = Product

    async def by_category(self, category: str) -> Sequence[Product]:
        """Products of a category, by name."""
        statement = select(Product).where(Product.category == category).order_by(Product.name)
        return (await self.session.scalars(statement)).all()

    async def described(self, category: str) -> Sequence[Product]:
        """Products of a category together with their descriptions, by name."""
        statement = select(Product).where(Product.category == category).order_by(Product.name)
        return (await self.session.scalars(statement.options(undefer(Product.description)))).all()

    async def with_reviews(self) -> Sequence[Product]:
        """All products together with their reviews."""
        statement = select(Product).options(joinedload(Product.reviews)).order_by(Product.sku)
        result = await self.session.execute(statement)
        return result.scalars().unique().all()

    async def low_stock(self, threshold: int = 5) -> Sequence[Product]:
        """Products of which fewer than `threshold` are left."""
        return (await self.session.scalars(select(Product).where(Product.stock < threshold))).all()

    async def categories(self) -> Sequence[str]:
        """Names of all categories."""
        return (await self.session.scalars(select(Product.category).distinct())).all()
