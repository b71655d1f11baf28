"""Orders as the API takes and shows them."""

from __future__ import annotations

from pydantic import BaseModel

from .base import FromRow
from .products import ProductBrief


class OrderLine(BaseModel):
    """What to buy, and how many."""

    product_id: int
    quantity: int
    unit_price: int


class OrderCreate(BaseModel):
    """Request for an order; the client chooses the number, so that it can repeat itself."""

    number: str
    lines: list[OrderLine]


class OrderBrief(FromRow):
    """An order without its lines."""

    id: int
    number: str
    status: str


class OrderItemRead(FromRow):
    """One line with its product."""

    quantity: int
    unit_price: int
    product: ProductBrief


class OrderRead(OrderBrief):
    """An order with its lines."""

    items: list[OrderItemRead]


class OrderSummary(BaseModel):
    """An order and what it costs."""

    number: str
    total: int


class ArchivedOrder(BaseModel):
    """An order of a past year."""

    number: str
    total: int
