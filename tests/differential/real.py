"""The same execution on the real aiosqlite, to see that the stand-in stands for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.differential.execution import Execution, Models
from tests.differential.seeding import fill


class _Real:
    """A database like `driver.Database`, on aiosqlite: filled anew instead of put back."""

    def __init__(self, base: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._base = base
        self._loop = loop
        self.engine: AsyncEngine = create_async_engine("sqlite+aiosqlite://")

    def restore(self, number: int) -> None:
        self._loop.run_until_complete(fill(self._base, self.engine, number))

    def close(self) -> None:
        self._loop.run_until_complete(self.engine.dispose())


def run_on_aiosqlite(models: str, files: Mapping[str, str]) -> Execution:
    """Execute a program for every input on aiosqlite."""
    mapped = Models(models)
    real = _Real(mapped.base, mapped.loop)
    stand_in, mapped.database = mapped.database, real
    try:
        return mapped.run(files)
    finally:
        real.close()
        mapped.database = stand_in
        mapped.close()
