"""Units of work that close what they opened."""

from operator import methodcaller
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


class NestingUnitOfWork:
    """Entered once more it only counts; the outermost block closes."""

    session: AsyncSession | None = None

    def __init__(self, factory: async_sessionmaker[AsyncSession]) -> None:
        self._factory = factory
        self._depth = 0

    async def __aenter__(self) -> Self:
        if self.session is None:
            self.session = self._factory()
            self.counter = Counter(self.session)
        self._depth += 1
        return self

    async def __aexit__(self, *details: object) -> None:
        self._depth = max(self._depth - 1, 0)
        if self._depth > 0 or self.session is None:
            return
        await self.session.close()
        self.session = None


class Counter:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def count(self) -> int:
        return (await self.session.execute(text("select 1"))).scalar_one()


class Report:
    """Gets its unit of work from whoever has entered it."""

    def __init__(self, work: NestingUnitOfWork) -> None:
        self.work = work

    async def twice(self) -> int:
        async with self.work:
            first = await self.work.counter.count()
        return first + await self.work.counter.count()


async def nested(factory: async_sessionmaker[AsyncSession]) -> int:
    """The inner block ends, the outer one has not."""
    async with NestingUnitOfWork(factory) as work:
        report = methodcaller("twice")
        return await report(Report(work))
