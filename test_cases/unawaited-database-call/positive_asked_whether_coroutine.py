"""Code that asks whether it has a coroutine function, and calls it the other way."""

import inspect
from collections.abc import Callable
from typing import Any

from models import Item
from sqlalchemy.ext.asyncio import AsyncSession


async def flushed(session: AsyncSession) -> None:
    """Used below."""
    session.add(Item(id=78, name="new"))
    await session.flush()


async def carried_out(function: Callable[..., Any], *args: Any) -> Any:
    """The branches are the wrong way round."""
    if not inspect.iscoroutinefunction(function):
        return await function(*args)
    return function(*args)


async def mixed_up(session: AsyncSession) -> None:
    await carried_out(flushed, session)  # error: [unawaited-database-call] "dropped"
