"""Queries for customers."""

from __future__ import annotations

from sqlalchemy import select

from ..models import User
from .base import Repository


class UserRepository(Repository[User]):
    """Customers."""

    model = User

    async def by_email(self, email: str) -> User | None:
        """The customer with this address."""
        return await self.session.scalar(select(User).where(User.email == email))
