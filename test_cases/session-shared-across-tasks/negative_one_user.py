import asyncio
import functools
import importlib

import httpx
from fastapi.concurrency import run_in_threadpool
from models import Item
from queries import count_items, item_names
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def fetch(client: httpx.AsyncClient, url: str) -> int:
    return (await client.get(url)).status_code


async def only_one_arm(session: AsyncSession, client: httpx.AsyncClient) -> None:
    """The other arm is an HTTP request."""
    await asyncio.gather(count_items(session), fetch(client, "https://example.org"))


async def only_one_task(session: AsyncSession, client: httpx.AsyncClient, urls: list[str]) -> None:
    """Many requests, one user of the session."""
    async with asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(fetch(client, url))
        group.create_task(item_names(session))


def parse(text: str) -> list[str]:
    return text.split(",")


async def thread_for_plain_data(session: AsyncSession, text: str) -> None:
    """The thread gets a string."""
    await asyncio.gather(count_items(session), asyncio.to_thread(parse, text))
    await run_in_threadpool(parse, text)


async def loaded_before_the_thread(session: AsyncSession) -> None:
    """The thread gets what the session has loaded, not the session."""
    names = await item_names(session)
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, parse, ",".join(names))
    await asyncio.to_thread(sorted, names)


async def unknown_work_in_a_thread(session: AsyncSession) -> None:
    """What is called is not known, nor whether it uses the session; the next await ends it."""
    job = getattr(importlib.import_module("reprlib"), "repr")
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, lambda: job(session))
    await asyncio.to_thread(functools.partial(job, session))
    await asyncio.to_thread(job, session)


async def parent_does_something_else(session: AsyncSession, client: httpx.AsyncClient) -> int:
    """While the task runs the parent only makes a request."""
    counting = asyncio.create_task(count_items(session))
    await fetch(client, "https://example.org")
    return await counting


async def statement_built_meanwhile(session: AsyncSession) -> list[Item]:
    """Building a statement is not using the session."""
    counting = asyncio.create_task(count_items(session))
    statement = select(Item).limit(10)
    await counting
    return list((await session.scalars(statement)).all())


async def describe(session: AsyncSession, item_id: int) -> str:
    return f"item {item_id}"


async def received_but_not_used(session: AsyncSession, ids: list[int]) -> None:
    """The coroutine never touches the session it is given."""
    await asyncio.gather(*[describe(session, item_id) for item_id in ids])


async def fetch_and_add(session: AsyncSession, client: httpx.AsyncClient, url: str) -> None:
    session.add(Item(name=str(await fetch(client, url))))


async def only_added(session: AsyncSession, client: httpx.AsyncClient, urls: list[str]) -> None:
    """`add` does no I/O and takes no turn of the event loop."""
    await asyncio.gather(*[fetch_and_add(session, client, url) for url in urls])
    await session.commit()


async def gather_of_loaded_values(session: AsyncSession, client: httpx.AsyncClient) -> None:
    """The session is used before the coroutines are made."""
    names = await item_names(session)
    await asyncio.gather(*[fetch(client, f"https://example.org/{name}") for name in names])


class Mixed:
    def __init__(self, session: AsyncSession, client: httpx.AsyncClient) -> None:
        self.session = session
        self.client = client

    async def count(self) -> int:
        return await count_items(self.session)

    async def ping(self) -> int:
        return await fetch(self.client, "https://example.org")

    async def both(self) -> None:
        """Only one of the two methods uses the session of the object."""
        await asyncio.gather(self.count(), self.ping())

    async def pings(self) -> None:
        """The methods use another attribute."""
        await asyncio.gather(*[self.ping() for _ in range(3)])
