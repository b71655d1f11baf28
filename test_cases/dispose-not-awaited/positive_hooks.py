"""Synchronous hooks call the method and throw the coroutine away."""

import atexit
import signal
import weakref

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


def at_exit(engine: AsyncEngine) -> None:
    """The hook gets a coroutine, nobody awaits it."""
    atexit.register(engine.dispose)  # error: [dispose-not-awaited] "atexit.register"


def at_exit_by_lambda(engine: AsyncEngine) -> None:
    """A lambda changes nothing."""
    atexit.register(lambda: engine.dispose())  # error: [dispose-not-awaited]


def on_signal(engine: AsyncEngine) -> None:
    """A signal handler is synchronous, too."""
    signal.signal(signal.SIGUSR1, engine.dispose)  # error: [dispose-not-awaited] "signal.signal"


def on_collection(engine: AsyncEngine) -> weakref.finalize:
    """And so is a finalizer."""
    return weakref.finalize(engine, engine.dispose)  # error: [dispose-not-awaited] "weakref.finalize"


class Gateway:
    """The engine's only disposal is a hook that can not await."""

    def __init__(self) -> None:
        self.engine = create_async_engine(DATABASE_URL)
        atexit.register(self.engine.dispose)  # error: [dispose-not-awaited]
