"""Things called session, db or task group that are something else."""

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx
from rich.progress import Progress
from sqlalchemy.ext.asyncio import AsyncSession


async def fetch(session: aiohttp.ClientSession, url: str) -> str:
    async with session.get(url) as response:
        return await response.text()


async def http_client_session(session: aiohttp.ClientSession, urls: list[str]) -> None:
    """An HTTP client session may be shared."""
    await asyncio.gather(*[fetch(session, url) for url in urls])


async def http_client_session_opened_here(urls: list[str]) -> None:
    """An HTTP client session may be shared."""
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*[fetch(session, url) for url in urls])
        await asyncio.gather(session.get(urls[0]), session.get(urls[1]))


async def httpx_client_called_db(db: httpx.AsyncClient) -> None:
    """The type decides, not the name."""
    await asyncio.gather(db.get("https://example.org/a"), db.get("https://example.org/b"))


@dataclass
class ComputeSession:
    id: int

    async def start(self) -> None: ...

    async def execute(self, command: str) -> str:
        return command


async def compute_sessions(session: ComputeSession) -> None:
    """A record of the project's own domain."""
    await asyncio.gather(session.start(), session.execute("ls"))


async def store(session: ComputeSession, name: str) -> None:
    await session.execute(name)


async def record_handed_on(session: ComputeSession, names: list[str]) -> None:
    """A record of the project's own domain."""
    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(store(session, name))


async def untyped(session, ids):  # type: ignore[no-untyped-def]
    """Nothing says what `session` is."""
    await asyncio.gather(*[session.get("item", item_id) for item_id in ids])


async def anything(db: Any, ids: list[int]) -> None:
    """Nothing says what `db` is."""
    await asyncio.gather(*[db.get("item", item_id) for item_id in ids])


async def progress_bars(session: AsyncSession, files: list[str]) -> None:
    """`add_task` of a progress bar starts nothing."""
    with Progress() as progress:
        for file in files:
            progress.add_task(file, session=session)
            progress.add_task(file, session=session)


class Board:
    def create_task(self, title: object) -> None:
        print(title)


async def own_create_task(session: AsyncSession) -> None:
    """`create_task` of a project class writes a row on a board."""
    board = Board()
    board.create_task(session)
    board.create_task(session)


def gather(*values: object) -> tuple[object, ...]:
    return values


async def own_gather(session: AsyncSession) -> None:
    """A function called gather that gathers nothing."""
    gather(session, session)
