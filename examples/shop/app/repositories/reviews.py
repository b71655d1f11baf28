"""Queries for reviews."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from ..models import Review
from .base import Repository


class ReviewRepository(Repository[Review]):
    """Reviews."""

    model = Review

    async def latest(self, product_id: int) -> Sequence[Review]:
        """The ten newest reviews of a product."""
        statement = select(Review).where(Review.product_id == product_id).order_by(Review.id.desc()).limit(10)
        return (await self.session.scalars(statement)).all()

    async def average(self, product_id: int) -> float | None:
        """Average rating of a product, None when nobody has rated it."""
        statement = select(func.avg(Review.rating)).where(Review.product_id == product_id)
        return await self.session.scalar(statement)
