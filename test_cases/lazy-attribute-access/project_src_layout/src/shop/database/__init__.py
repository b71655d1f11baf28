"""Re-exports: the rest of the package imports from here."""

from sqlalchemy.ext.asyncio import AsyncSession as AsyncSession

from .base import Base
from .models import Customer, Purchase

__all__ = ["AsyncSession", "Base", "Customer", "Purchase"]
