"""A package without an app: its lifespan is for those who install it."""

from .lifespan import database_lifespan

__all__ = ["database_lifespan"]
