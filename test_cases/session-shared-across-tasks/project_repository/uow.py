from items import ItemRepository
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


class UnitOfWork:
    session: AsyncSession
    items: ItemRepository

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self._factory = factory

    async def __aenter__(self) -> "UnitOfWork":
        self.session = self._factory()
        self.items = ItemRepository(self.session)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.session.close()
