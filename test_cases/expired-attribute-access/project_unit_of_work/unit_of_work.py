"""Commits when its block ends well, rolls back when it does not."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from models import Member, Organization

SessionFactory = async_sessionmaker()


class Members:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, key: int) -> Member:
        return await self.session.get_one(Member, key)

    async def add(self, email: str) -> Member:
        member = Member(email=email)
        self.session.add(member)
        await self.session.flush()
        return member


class UnitOfWork:
    """Works in a session it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self._committed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            await self.session.rollback()
        elif not self._committed:
            await self.commit()

    async def commit(self) -> None:
        await self.session.commit()
        self._committed = True


class OwningUnitOfWork:
    """Opens its own session and closes it."""

    def __init__(self, factory: async_sessionmaker[AsyncSession] = SessionFactory) -> None:
        self._factory = factory

    async def __aenter__(self) -> Self:
        self.session = self._factory()
        self.members = Members(self.session)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            await self.session.rollback()
        await self.session.close()

    async def commit(self) -> None:
        await self.session.commit()


async def organization(session: AsyncSession, key: int) -> Organization:
    return await session.get_one(Organization, key)
