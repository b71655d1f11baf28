"""An object that keeps the session and closes it, made on more paths than are followed apart."""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Of this file."""


class Repository(Base):
    """A checkout."""

    __tablename__ = "repositories"
    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]


async def by_path(session: AsyncSession, path: str) -> Repository | None:
    """Asks up to two times."""
    found = await session.execute(select(Repository).where(Repository.path == path).limit(1))
    row = found.scalar_one_or_none()
    if row is not None:
        return row
    if not path:
        return None
    found = await session.execute(select(Repository).where(Repository.path.like(path)))
    for row in found.scalars():
        if row.path == path:
            return row
    return None


class Index:
    """Keeps its session until somebody closes it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.names: list[object] = []
        self.more: dict[str, list[str]] = {}

    async def load(self, key: int) -> None:
        for row in await self._session.execute(text("select 1")):
            self.names.append(row)
        for names in self.more.values():
            names.sort()
        for source in await self._session.execute(text("select 2")):
            try:
                names = source[0]
            except ValueError:
                names = []
            if not isinstance(names, list):
                names = []

    async def close(self) -> None:
        await self._session.close()


async def open_index(session_factory: async_sessionmaker[AsyncSession], path: str) -> Index:
    """The index has the session; without one it is closed here."""
    session = session_factory()
    ok = False
    try:
        repo = await by_path(session, path)
        if repo is None:
            repo = (await session.execute(select(Repository).limit(1))).scalar_one_or_none()
        if repo is None:
            raise LookupError(path)
        index = Index(session)
        await index.load(repo.id)
        ok = True
    finally:
        if not ok:
            await session.close()
    return index
