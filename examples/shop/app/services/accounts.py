"""Customers and their addresses."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from ..models import User
from ..schemas.users import AddressRead


class AccountService:
    """What customers do with their accounts."""

    def __init__(self, session: AsyncSession) -> None:
        """Service on the request's session."""
        self.session = session

    async def addresses(self, user: User) -> list[AddressRead]:
        """All addresses of a customer."""
        return [AddressRead(street=address.street, city=address.city) for address in user.addresses]
