"""Queries, one class for each mapped class."""

from .base import Repository
from .orders import OrderRepository
from .products import ProductRepository
from .reviews import ReviewRepository
from .users import UserRepository

__all__ = ["OrderRepository", "ProductRepository", "Repository", "ReviewRepository", "UserRepository"]
