"""What a finding advises where no machine can repair it."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncsa_lint.config import Config
from asyncsa_lint.pipeline.run import Workspace, lint
from tests.sandbox import write

HEAD = """\
import sqlite3
from contextlib import nullcontext

from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


"""
ASYNC = "make `work` an `async def` and"
ONE_FUNCTION = (
    "or put all that uses this object into one plain function and await `asyncio.to_thread` with it"
)


@pytest.mark.parametrize(
    ("body", "advice"),
    [
        ("def work(session: AsyncSession):\n    session.commit()", f"{ASYNC} await the call"),
        ("def work(session: AsyncSession):\n    session.close()", f"{ASYNC} await the call"),
        (
            "def work(factory: async_sessionmaker[AsyncSession]):\n"
            "    with factory() as session:\n        yield session",
            f"{ASYNC} write `async with`",
        ),
        (
            "async def work(factory: async_sessionmaker[AsyncSession]):\n"
            "    with nullcontext(), factory() as session:\n        pass",
            "enter it with an `async with` of its own",
        ),
        (
            "async def work(engine: Engine):\n    return count(engine)\n\n\n"
            "def count(engine: Engine):\n    with engine.connect() as connection:\n"
            '        return connection.scalar(text("select 1"))',
            "await `asyncio.to_thread(count, ...)`, or use an `AsyncEngine` there",
        ),
        (
            'async def work():\n    return sqlite3.connect("orders.db")',
            f"use `aiosqlite`, {ONE_FUNCTION}",
        ),
        (
            "async def work():\n    return connected()\n\n\n"
            'def connected():\n    return sqlite3.connect("orders.db")',
            f"use `aiosqlite`, {ONE_FUNCTION}",
        ),
    ],
)
def test_advice(tmp_path: Path, body: str, advice: str) -> None:
    write(tmp_path, {"work.py": f"{HEAD}{body}\n"})
    found = lint([str(tmp_path)], workspace=Workspace(Config(), root=str(tmp_path))).findings
    assert [each.fix.message for each in found if each.fix is not None][:1] == [advice]
