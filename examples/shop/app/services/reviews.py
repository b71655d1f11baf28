"""Opinions."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Review, User
from ..repositories import ReviewRepository
from ..schemas.reviews import ReviewCreate, ReviewPage, ReviewRead


class ReviewService:
    """What customers do with reviews."""

    def __init__(self, session: AsyncSession) -> None:
        """Service on the request's session."""
        self.session = session
        self.reviews = ReviewRepository(session)

    async def create(self, author: User, request: ReviewCreate) -> Review:
        """Publish a customer's opinion."""
        review = Review(
            product_id=request.product_id,
            author_id=author.id,
            rating=request.rating,
            comment=request.comment,
        )
        await self.session.add(review)  # error: [sync-async-protocol-mismatch]
        await self.session.commit()
        return review

    async def get(self, review_id: int) -> ReviewRead:
        """One review with its author."""
        review = await self.reviews.require(review_id)
        return ReviewRead.model_validate(review)  # error: [response-schema-lazy-field]

    async def delete(self, review_id: int) -> None:
        """Take a review back."""
        review = await self.reviews.require(review_id)
        await self.session.delete(review)
        self.session.commit()  # error: [unawaited-database-call]

    async def page(self, product_id: int) -> ReviewPage:
        """What a product page shows of its reviews."""
        async with asyncio.TaskGroup() as group:
            latest = group.create_task(self.reviews.latest(product_id))
            mean = group.create_task(self.reviews.average(product_id))  # error: [session-shared-across-tasks]
        comments = [review.comment for review in latest.result()]
        return ReviewPage(average=mean.result(), comments=comments)
