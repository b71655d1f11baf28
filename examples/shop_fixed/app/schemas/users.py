"""Customers as the API shows them."""

from __future__ import annotations

from .base import FromRow


class UserBrief(FromRow):
    """A customer's public side."""

    id: int
    name: str


class AddressRead(FromRow):
    """Where parcels go."""

    street: str
    city: str
