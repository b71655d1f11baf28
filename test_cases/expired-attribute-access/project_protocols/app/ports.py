from abc import ABC, abstractmethod
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Order


class Orders(Protocol):
    """What the services know of the repository."""

    async def find(self, session: AsyncSession, key: int) -> Order:
        """One order."""
        ...

    async def close(self, session: AsyncSession, order: Order) -> None: ...


class Notifier(Protocol):
    async def tell(self, session: AsyncSession, order: Order) -> None: ...


class Ledger(ABC):
    """A base class with a step that its subclasses fill in."""

    async def book(self, session: AsyncSession, order: Order) -> int:
        await self.write(session, order)
        return order.total  # error: [expired-attribute-access]

    @abstractmethod
    async def write(self, session: AsyncSession, order: Order) -> None:
        """Write the entry."""


class Unseen(Protocol):
    """Nothing in sight implements it."""

    async def handle(self, session: AsyncSession, order: Order) -> None: ...
