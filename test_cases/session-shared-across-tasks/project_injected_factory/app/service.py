import asyncio
from collections.abc import Callable
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class SourcesLike(Protocol):
    async def titles(self) -> int: ...

    async def authors(self) -> int: ...


class Lookup:
    """Gets its factory from whoever constructs it: one place of the program does."""

    def __init__(self, *, sources: Callable[[AsyncSession], SourcesLike], kinds: tuple[str, ...]) -> None:
        self.sources = sources
        self.kinds = kinds

    async def both(self, session: AsyncSession) -> list[int]:
        """Fails: two coroutines of one object, which holds the session."""
        sources = self.sources(session)
        waiting = []
        if "titles" in self.kinds:
            waiting.append(sources.titles())
        if "authors" in self.kinds:
            waiting.append(sources.authors())
        return await asyncio.gather(*waiting)  # error: [session-shared-across-tasks]

    async def one_after_the_other(self, session: AsyncSession) -> int:
        """Nothing runs at the same time."""
        sources = self.sources(session)
        return await sources.titles() + await sources.authors()


class Unclear:
    """Constructed with different factories: which one is meant can not be told."""

    def __init__(self, sources: Callable[[AsyncSession], SourcesLike]) -> None:
        self.sources = sources

    async def both(self, session: AsyncSession) -> list[int]:
        sources = self.sources(session)
        return await asyncio.gather(sources.titles(), sources.authors())
