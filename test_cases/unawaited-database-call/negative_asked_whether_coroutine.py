"""Code that takes plain functions as well as coroutine functions and asks what it was given."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from models import Item
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def carried_out(function: Callable[..., Any], *args: Any) -> Any:
    if asyncio.iscoroutinefunction(function):
        return await function(*args)
    return function(*args)


async def settled(function: Callable[[], Any | Awaitable[Any]]) -> Any:
    result = function()
    return await result if inspect.isawaitable(result) else result


async def names(session: AsyncSession) -> list[str]:
    """Uses the session."""
    return [item.name for item in await session.scalars(select(Item))]


async def asks_the_function(session: AsyncSession) -> list[str]:
    """A function is handed over."""

    async def read() -> list[str]:
        return await names(session)

    found: list[str] = await carried_out(read)
    return found


async def drops_what_it_gives(session: AsyncSession) -> None:
    """Awaited, and its result not wanted."""

    async def write() -> None:
        session.add(Item(id=77, name="new"))
        await session.flush()

    await carried_out(write)


async def asks_a_partial(session: AsyncSession) -> list[str]:
    """A partial of a coroutine function counts as one."""
    found: list[str] = await carried_out(partial(names, session))
    return found


async def asks_the_result(session: AsyncSession) -> list[str]:
    """What the function gave is asked."""
    found: list[str] = await settled(lambda: names(session))
    return found
