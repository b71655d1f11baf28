"""Reviews of products."""

from __future__ import annotations

from fastapi import APIRouter

from ..dependencies import CurrentUser, ReviewServiceDep
from ..models import Review
from ..schemas.reviews import ReviewBrief, ReviewCreate, ReviewPage, ReviewRead

router = APIRouter()


@router.post("", response_model=ReviewBrief, status_code=201)
async def create_review(body: ReviewCreate, user: CurrentUser, service: ReviewServiceDep) -> Review:
    """Publish an opinion."""
    return await service.create(user, body)


@router.get("/page")
async def review_page(product_id: int, service: ReviewServiceDep) -> ReviewPage:
    """What a product page shows of its reviews."""
    return await service.page(product_id)


@router.get("/{review_id}")
async def get_review(review_id: int, service: ReviewServiceDep) -> ReviewRead:
    """One review with its author."""
    return await service.get(review_id)


@router.delete("/{review_id}", status_code=204)
async def delete_review(review_id: int, service: ReviewServiceDep) -> None:
    """Take a review back."""
    await service.delete(review_id)
