"""Products as the API shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from .base import FromRow


class ProductBrief(FromRow):
    """A product in a list."""

    id: int
    sku: str
    name: str
    price: int


class ProductTeaser(BaseModel):
    """A product and the beginning of its description."""

    sku: str
    teaser: str


class ProductRating(BaseModel):
    """A product and what its reviews say on average."""

    sku: str
    reviews: int
    rating: float | None


class PriceChange(BaseModel):
    """A product's new price and since when it holds."""

    sku: str
    price: int
    changed_at: datetime


class PriceUpdate(BaseModel):
    """Request for another price."""

    price: int


class LowStock(BaseModel):
    """A product that runs out."""

    sku: str
    stock: int


class Units(BaseModel):
    """What the warehouse holds."""

    sku: str
    units: int
