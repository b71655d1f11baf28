"""Mapped classes of the shop."""

from .audit import AuditEntry
from .base import Base, Entity, TimestampMixin
from .flag import Flag
from .order import Order, OrderItem
from .product import Product, Tag
from .review import Review
from .user import Address, User

__all__ = [
    "Address",
    "AuditEntry",
    "Base",
    "Entity",
    "Flag",
    "Order",
    "OrderItem",
    "Product",
    "Review",
    "Tag",
    "TimestampMixin",
    "User",
]
