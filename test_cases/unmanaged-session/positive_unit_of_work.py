"""Units of work that open a session on entry and do not close it on exit."""

from types import TracebackType
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


class UnitOfWork:
    """`__aexit__` ends the transaction on success only, and closes never."""

    session: AsyncSession

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self._factory = factory

    async def __aenter__(self) -> Self:
        self.session = self._factory()  # error: 24 [unmanaged-session]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            await self.session.commit()


class SilentUnitOfWork:
    """`__aexit__` does nothing."""

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self._factory = factory

    async def __aenter__(self) -> AsyncSession:
        self.session = self._factory()  # error: [unmanaged-session]
        return self.session

    async def __aexit__(self, *details: object) -> None:
        return None


async def fails(factory: async_sessionmaker[AsyncSession]) -> int:
    """The block fails, the connection stays out."""
    async with UnitOfWork(factory) as work:
        await work.session.execute(text("select 1"))
        raise ValueError("not two")


async def leaves(factory: async_sessionmaker[AsyncSession]) -> int:
    """The block ends, the connection stays out."""
    async with SilentUnitOfWork(factory) as session:
        return (await session.execute(text("select 1"))).scalar_one()
