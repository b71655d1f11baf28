from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


class Service:
    """Every service of the process is in the register."""

    _session: AsyncSession | None
    register: WeakSet = WeakSet()

    def __init__(self) -> None:
        self._session = None
        self.register.add(self)

    def bind(self, session: AsyncSession) -> None:
        self._session = session

    def unbind(self) -> None:
        self._session = None

    async def count(self) -> int:
        assert self._session is not None
        return await self._session.scalar(text("select 1")) or 0


@contextmanager
def bound(session: AsyncSession) -> Iterator[None]:
    """The session of one request is put into objects that all requests use."""
    try:
        [service.bind(session) for service in Service.register]  # error: [global-session]
        yield
    finally:
        [service.unbind() for service in Service.register]


class Pool:
    """Its register holds names, no objects of its own."""

    names: set[str] = set()

    def __init__(self, name: str) -> None:
        self.names.add(name)


def listed() -> list[str]:
    return sorted(Pool.names)


class Handler:
    """An object of the request's own may hold the session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session


def handled(session: AsyncSession) -> Handler:
    handlers = [Handler(session)]
    for handler in handlers:
        handler.session = session
    return handlers[0]
