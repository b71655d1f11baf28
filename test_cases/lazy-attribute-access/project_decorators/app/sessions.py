import functools
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

from sqlalchemy.ext.asyncio import async_sessionmaker

P = ParamSpec("P")
R = TypeVar("R")
factory = async_sessionmaker(expire_on_commit=False)


def timed(function: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Keeps the signature."""

    @functools.wraps(function)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        print(function.__name__)
        return await function(*args, **kwargs)

    return wrapper


def with_session(function: Callable[..., Awaitable[R]]) -> Callable[..., Awaitable[R]]:
    """Opens a session for one call, and ends it with that."""

    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> R:
        async with factory() as session:
            return await function(session, *args, **kwargs)

    return wrapper


def committing(*, times: int) -> Callable[[Callable[..., Awaitable[R]]], Callable[..., Awaitable[R]]]:
    """A decorator with arguments of its own."""

    def decorate(function: Callable[..., Awaitable[R]]) -> Callable[..., Awaitable[R]]:
        @functools.wraps(function)
        async def wrapper(session: Any, *args: Any, **kwargs: Any) -> R:
            for _ in range(times - 1):
                await session.flush()
            result = await function(session, *args, **kwargs)
            await session.commit()
            return result

        return wrapper

    return decorate
