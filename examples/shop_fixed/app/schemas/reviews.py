"""Reviews as the API takes and shows them."""

from __future__ import annotations

from pydantic import BaseModel

from .base import FromRow
from .users import UserBrief


class ReviewCreate(BaseModel):
    """A customer's opinion."""

    product_id: int
    rating: int
    comment: str


class ReviewBrief(FromRow):
    """A review without its author."""

    id: int
    rating: int
    comment: str


class ReviewRead(ReviewBrief):
    """A review with its author."""

    author: UserBrief


class ReviewPage(BaseModel):
    """What a product page shows of its reviews."""

    average: float | None
    comments: list[str]
