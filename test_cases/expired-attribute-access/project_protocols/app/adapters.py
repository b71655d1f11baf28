from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Order
from app.ports import Ledger, Notifier, Orders


class SqlOrders(Orders):
    async def find(self, session: AsyncSession, key: int) -> Order:
        return await session.get_one(Order, key)

    async def close(self, session: AsyncSession, order: Order) -> None:
        order.total = 0
        await session.commit()


class FakeOrders(Orders):
    """Used by the tests alone."""

    async def find(self, session: AsyncSession, key: int) -> Order:
        return Order(id=key, total=1)

    async def close(self, session: AsyncSession, order: Order) -> None:
        order.total = 0


class MailNotifier(Notifier):
    async def tell(self, session: AsyncSession, order: Order) -> None:
        print(order.total)


class RecordingNotifier(Notifier):
    async def tell(self, session: AsyncSession, order: Order) -> None:
        print(order.total)
        await session.commit()


class CommittingLedger(Ledger):
    async def write(self, session: AsyncSession, order: Order) -> None:
        await session.commit()
