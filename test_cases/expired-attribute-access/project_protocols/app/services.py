from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.adapters import CommittingLedger, MailNotifier, RecordingNotifier, SqlOrders
from app.ports import Ledger, Notifier, Orders, Unseen

factory = async_sessionmaker()


class Closing:
    def __init__(self, orders: Orders, *, notifier: Notifier, ledger: Ledger, unseen: Unseen) -> None:
        self._orders = orders
        self._notifier = notifier
        self._ledger = ledger
        self._unseen = unseen

    async def single(self, key: int) -> int:
        """Fails: the only repository that the program makes commits."""
        async with factory() as session:
            order = await self._orders.find(session, key)
            await self._orders.close(session, order)
            return order.total  # error: [expired-attribute-access]

    async def either(self, key: int) -> int:
        """Fails: one of the two notifiers commits."""
        async with factory() as session:
            order = await self._orders.find(session, key)
            await self._notifier.tell(session, order)
            return order.total  # error: [expired-attribute-access]

    async def template(self, key: int) -> int:
        """Fails: the step that the subclass fills in commits."""
        async with factory() as session:
            order = await self._orders.find(session, key)
            return await self._ledger.book(session, order)

    async def refreshed(self, key: int) -> int:
        """The row is read again."""
        async with factory() as session:
            order = await self._orders.find(session, key)
            await self._orders.close(session, order)
            await session.refresh(order)
            return order.total

    async def out_of_sight(self, key: int) -> int:
        """What the unknown handler does is not known."""
        async with factory() as session:
            order = await self._orders.find(session, key)
            await self._unseen.handle(session, order)
            return order.total


def closing(unseen: Unseen, *, mail: bool) -> Closing:
    notifier = MailNotifier() if mail else RecordingNotifier()
    return Closing(SqlOrders(), notifier=notifier, ledger=CommittingLedger(), unseen=unseen)
