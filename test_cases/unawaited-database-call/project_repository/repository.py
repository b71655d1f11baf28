from collections.abc import Awaitable

from models import Item
from sqlalchemy.ext.asyncio import AsyncSession


class ItemRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def get(self, item_id: int) -> Awaitable[Item | None]:
        return self.session.get(Item, item_id)

    async def remove(self, item: Item) -> None:
        self.session.delete(item)  # error: [unawaited-database-call]
        await self.save()

    async def save(self) -> None:
        await self.session.commit()


class RepositoryHolder:
    items: ItemRepository

    def __init__(self, session: AsyncSession) -> None:
        self.items = ItemRepository(session)
