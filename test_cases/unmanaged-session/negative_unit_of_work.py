"""Units of work that close what they opened."""

from types import TracebackType
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


class UnitOfWork:
    """`__aexit__` closes whatever happened."""

    session: AsyncSession

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self._factory = factory

    async def __aenter__(self) -> Self:
        self.session = self._factory()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                await self.session.commit()
        finally:
            await self.session.close()


class DelegatingUnitOfWork:
    """Lets the session's own context manager do it."""

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self._session = factory()

    async def __aenter__(self) -> AsyncSession:
        return await self._session.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.__aexit__(kind, error, trace)


class BorrowingUnitOfWork:
    """Works on a session that its creator closes."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            await self.session.commit()
        else:
            await self.session.rollback()


class CarefulUnitOfWork:
    """`__aexit__` closes, and lets nothing out of it."""

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self.session = factory()

    async def __aenter__(self) -> AsyncSession:
        return self.session

    async def __aexit__(self, kind: type[BaseException] | None, *details: object) -> None:
        try:
            if kind is not None:
                await self.session.rollback()
        except Exception:
            pass
        finally:
            try:
                await self.session.close()
            except Exception:
                pass


async def careful(factory: async_sessionmaker[AsyncSession]) -> int:
    """Closed, unless closing fails."""
    async with CarefulUnitOfWork(factory) as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def owned(factory: async_sessionmaker[AsyncSession]) -> int:
    """Closed by `__aexit__`."""
    async with UnitOfWork(factory) as work:
        return (await work.session.execute(text("select 1"))).scalar_one()


async def delegated(factory: async_sessionmaker[AsyncSession]) -> int:
    """Closed by the session's `__aexit__`."""
    async with DelegatingUnitOfWork(factory) as session:
        return (await session.execute(text("select 1"))).scalar_one()


async def borrowed(session: AsyncSession) -> int:
    """Closed by the caller."""
    async with BorrowingUnitOfWork(session) as work:
        return (await work.session.execute(text("select 1"))).scalar_one()
