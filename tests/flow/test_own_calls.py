"""What the configuration says about the project's own callables changes what is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from asyncsa_lint.config import Config
from asyncsa_lint.pipeline.run import lint
from tests.sandbox import MODELS, write

HEAD = """\
import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

import vendor
from app import tools
from app.models import Item, Order

factory = async_sessionmaker()
"""
TOOLS = """\
from contextlib import asynccontextmanager

import vendor

Local = vendor.build()
scope = vendor.get("scope")
load = vendor.get("load")
save = vendor.get("save")


async def fresh():
    return vendor.open()


@asynccontextmanager
async def block():
    async with vendor.scope() as found:
        yield found


def spawn(coroutine):
    return vendor.spawn(coroutine)


async def run_all(*coroutines):
    await vendor.run(coroutines)


class Unit:
    def __init__(self, session):
        self.session = session

    def spawn(self, *work):
        return vendor.spawn(work)

    async def complete(self):
        await vendor.save(self.session)
"""


def found(folder: Path, body: str, **settings: Any) -> list[tuple[str, int]]:
    """Code and line, counted in `body`, of what is found in a module with that body."""
    files = {
        "app/__init__.py": "",
        "app/models.py": MODELS,
        "app/tools.py": TOOLS,
        "app/work.py": HEAD + body,
    }
    write(folder, files)
    result = lint([str(folder / "app" / "work.py")], Config(profile="bugs", **settings), root=str(folder))
    before = HEAD.count("\n")
    return [(finding.code, finding.span.line - before) for finding in result.findings]


class TestFactories:
    @pytest.mark.parametrize(
        ("call", "name"),
        [
            ("vendor.open()", "vendor.open"),
            ("await vendor.open()", "vendor.open"),
            ("tools.Local()", "app.tools.Local"),
            ("await tools.fresh()", "app.tools.fresh"),
        ],
    )
    def test_the_session_is_the_callers(self, tmp_path: Path, call: str, name: str) -> None:
        body = f"async def work():\n    session = {call}\n    await session.execute(select(Order))\n"
        assert found(tmp_path, body) == []
        assert found(tmp_path, body, session_factories=(name,)) == [("ASA205", 2)]
        closed = f"async def work():\n    async with {call} as session:\n        await session.execute(1)\n"
        assert found(tmp_path, closed, session_factories=(name,)) == []

    def test_in_a_function_that_does_nothing_else(self, tmp_path: Path) -> None:
        body = (
            "def made():\n    return vendor.make()\n\n"
            "async def work():\n    async with made() as session:\n"
            "        order = (await session.scalars(select(Order))).one()\n        return order.items\n"
        )
        assert found(tmp_path, body, session_factories=("vendor.make",)) == [("ASA501", 7)]

    def test_as_a_dependency(self, tmp_path: Path) -> None:
        body = (
            "from fastapi import Depends\n"
            "def get_session():\n    return vendor.open()\n"
            "def handler(session: AsyncSession = Depends(get_session)): ...\n"
        )
        assert found(tmp_path, body) == []
        assert found(tmp_path, body, session_factories=("vendor.open",)) == [("ASA204", 3)]


class TestProviders:
    @pytest.mark.parametrize(
        ("call", "name"),
        [
            ("vendor.scope()", "vendor.scope"),
            ("tools.scope()", "app.tools.scope"),
            ("tools.block()", "app.tools.block"),
        ],
    )
    def test_the_block_ends_the_session(self, tmp_path: Path, call: str, name: str) -> None:
        body = (
            f"async def work():\n    async with {call} as session:\n"
            "        order = (await session.scalars(select(Order))).one()\n"
            "        order.items\n"
            "        await session.commit()\n"
            "    return order.id\n"
        )
        assert found(tmp_path, body) == []
        assert found(tmp_path, body, session_providers=(name,)) == [("ASA501", 4), ("ASA504", 6)]

    def test_a_session_that_is_got_is_closed_elsewhere(self, tmp_path: Path) -> None:
        body = "async def work():\n    session = vendor.scope()\n    await session.execute(select(Order))\n"
        assert found(tmp_path, body, session_providers=("vendor.scope",)) == []

    @pytest.mark.parametrize("provider", ["vendor.scope", "tools.scope"])
    def test_dependency(self, tmp_path: Path, provider: str) -> None:
        body = (
            "from fastapi import Depends\n"
            f"async def handler(session=Depends({provider})):\n"
            "    await asyncio.gather(session.execute(select(Order)), session.execute(select(Item)))\n"
        )
        assert found(tmp_path, body) == []
        names = ("vendor.scope", "app.tools.scope")
        assert found(tmp_path, body, session_providers=names) == [("ASA601", 3)]


class TestSpawners:
    WORK = "async def work(session: AsyncSession):\n    await session.execute(select(Order))\n"

    @pytest.mark.parametrize(
        ("call", "name"),
        [
            ("vendor.spawn(work(session))", "vendor.spawn"),
            ("vendor.spawn(work, session)", "vendor.spawn"),
            ("vendor.spawn(lambda: work(session))", "vendor.spawn"),
            ("tools.spawn(work(session))", "app.tools.spawn"),
            ("tools.Unit(1).spawn(work, session)", "app.tools.Unit.spawn"),
            ("vendor.Pool(1).spawn(work, session)", "vendor.Pool.spawn"),
            ("pool.spawn(work(session))", "vendor.Pool.spawn"),
        ],
    )
    def test_the_coroutine_is_a_task(self, tmp_path: Path, call: str, name: str) -> None:
        body = f"{self.WORK}async def both(session: AsyncSession, pool: vendor.Pool):\n    {call}\n"
        body += "    await work(session)\n"
        assert found(tmp_path, body) == []
        assert found(tmp_path, body, task_spawners=(name,)) == [("ASA601", 4)]

    @pytest.mark.parametrize(
        "arguments",
        [
            "work(session), work(session)",
            "[work(session), work(session)]",
            "[work(session) for _ in range(9)]",
        ],
    )
    def test_several_at_once(self, tmp_path: Path, arguments: str) -> None:
        body = f"{self.WORK}async def both(session: AsyncSession):\n    await tools.run_all({arguments})\n"
        assert found(tmp_path, body) == []
        assert found(tmp_path, body, task_spawners=("app.tools.run_all",)) == [("ASA601", 4)]

    def test_awaited_tasks_are_over(self, tmp_path: Path) -> None:
        body = f"{self.WORK}async def both(session: AsyncSession):\n    await tools.run_all(work(session))\n"
        body += "    await work(session)\n    task = tools.spawn(work(session))\n"
        body += "    await task\n    await work(session)\n"
        assert found(tmp_path, body, task_spawners=("app.tools.run_all", "app.tools.spawn")) == []


class TestLoaders:
    @pytest.mark.parametrize(
        ("call", "name"), [("vendor.load", "vendor.load"), ("tools.load", "app.tools.load")]
    )
    def test_everything_is_loaded(self, tmp_path: Path, call: str, name: str) -> None:
        body = (
            "async def work(session: AsyncSession):\n"
            "    order = (await session.scalars(select(Order))).one()\n"
            f"    {call}(order)\n"
            "    return order.items\n"
        )
        assert found(tmp_path, body) == [("ASA501", 4)]
        assert found(tmp_path, body, loaders=(name,)) == []


class TestCommitHelpers:
    @pytest.mark.parametrize(
        ("call", "name"),
        [
            ("await vendor.save(session)", "vendor.save"),
            ("vendor.save([session])", "vendor.save"),
            ("await tools.save(session)", "app.tools.save"),
            ("await tools.Unit(session).complete()", "app.tools.Unit.complete"),
        ],
    )
    def test_the_commit_expires(self, tmp_path: Path, call: str, name: str) -> None:
        body = (
            "async def work():\n    async with factory() as session:\n"
            "        order = (await session.scalars(select(Order))).one()\n"
            f"        {call}\n"
            "        return order.id\n"
        )
        assert found(tmp_path, body) == []
        assert found(tmp_path, body, commit_helpers=(name,)) == [("ASA505", 5)]
