"""Each setting, written in a configuration file, changes what a run says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from asyncsa_lint.config import SETTINGS
from asyncsa_lint.pipeline.run import lint
from tests.sandbox import MODELS, write

READ = """\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
{imports}

async def work(session: AsyncSession):
    order = (await session.scalars(select(Order))).one()
    {first}
    return order.items
"""


def read(imports: str = "from app.models import Order", first: str = "pass") -> str:
    """A function that reads what its query has not loaded: ASA501."""
    return READ.format(imports=imports, first=first)


SHOP = {"app/__init__.py": "", "app/models.py": MODELS, "app/work.py": read()}
HELPED = {**SHOP, "app/work.py": read("import vendor\nfrom app.models import Order", "vendor.help(order)")}
EVENTS = "from fastapi import FastAPI\napp = FastAPI()\n\n@app.on_event('startup')\nasync def start(): ...\n"
EVERY = {**SHOP, "app/main.py": EVENTS}
"""ASA401, a warning, in main.py and ASA501, an error, in work.py."""
REGISTRY = (
    "from asyncio import current_task\n"
    "from sqlalchemy.ext.asyncio import async_scoped_session, async_sessionmaker\n"
    "registry = async_scoped_session(async_sessionmaker(), scopefunc=current_task)\n"
)
DATACLASSES = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship

class Base(MappedAsDataclass, DeclarativeBase): ...

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    items: Mapped[list["Item"]] = relationship(default_factory=list)

class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), init=False)
"""
COMPARED = (
    "from sqlalchemy import select\nfrom sqlalchemy.ext.asyncio import AsyncSession\n"
    "from app.models import Order\n\n"
    "async def same(session: AsyncSession):\n"
    "    one, two = (await session.scalars(select(Order))).all()\n"
    "    return one == two\n"
)
MADE = (
    "from sqlalchemy.ext.asyncio import AsyncSession\nfrom app.models import Order\n\n"
    "async def make(session: AsyncSession):\n"
    "    order = Order()\n    session.add(order)\n    await session.flush()\n    return order.items\n"
)
ROUTER = (
    "from contextlib import asynccontextmanager\nfrom fastapi import APIRouter, FastAPI\n\n"
    "@asynccontextmanager\nasync def lifespan(app):\n    yield\n\n"
    "router = APIRouter()\n\n@router.on_event('startup')\nasync def start(): ...\n\n"
    "app = FastAPI(lifespan=lifespan)\napp.include_router(router)\n"
)
ENGINE = "from sqlalchemy.ext.asyncio import create_async_engine\n"
PER_REQUEST = (
    "from fastapi import FastAPI\n" + ENGINE + "app = FastAPI()\n\n"
    "async def prepare():\n    engine = create_async_engine('postgresql+asyncpg://x')\n"
    "    await engine.dispose()\n\n"
    "@app.get('/')\nasync def get():\n    await prepare()\n"
)
GATEWAY = (
    "from fastapi import FastAPI\n" + ENGINE + "class OrderGateway:\n    async def get(self):\n"
    "        engine = create_async_engine('postgresql+asyncpg://x')\n        await engine.dispose()\n"
)
ABANDONED = ENGINE + "async def run():\n    engine = create_async_engine('postgresql+asyncpg://x')\n"
DEPENDENCY = (
    "from fastapi import Depends\nfrom sqlalchemy.ext.asyncio import async_sessionmaker\n"
    "factory = async_sessionmaker()\n\n"
    "def get_session():\n    return factory()\n"
)
USED = DEPENDENCY + "\ndef handler(session=Depends(get_session)): ...\n"
COMMITTED = (
    "import vendor\nfrom sqlalchemy import select\nfrom sqlalchemy.ext.asyncio import async_sessionmaker\n"
    "from app.models import Order\n\nfactory = async_sessionmaker()\n\n"
    "async def work():\n    async with factory() as session:\n"
    "        order = (await session.scalars(select(Order))).one()\n"
    "        await vendor.help(session)\n        return order.id\n"
)
SPAWNED = (
    "import vendor\nfrom sqlalchemy import select\nfrom sqlalchemy.ext.asyncio import AsyncSession\n"
    "from app.models import Order\n\n"
    "async def load(session):\n    await session.execute(select(Order))\n\n"
    "async def work(session: AsyncSession):\n    vendor.help(load(session))\n    await load(session)\n"
)
OPENED = "import vendor\nasync def work():\n    session = vendor.help()\n    await session.execute(1)\n"
ENTERED = (
    "import vendor\nfrom sqlalchemy import select\nfrom app.models import Order\n\n"
    "async def work():\n    async with vendor.help() as session:\n"
    "        order = (await session.scalars(select(Order))).one()\n        return order.items\n"
)


@dataclass(frozen=True)
class Effect:
    """What a run says without a setting and with it: codes in order of place, and exit status."""

    value: Any
    files: Mapping[str, str]
    before: tuple[list[str], int]
    after: tuple[list[str], int]
    others: Mapping[str, Any] = field(default_factory=dict)
    """Settings that hold both times."""


LAZY = (["ASA501"], 1)
CLEAN: tuple[list[str], int] = ([], 0)
BOTH = (["ASA401", "ASA501"], 1)

EFFECTS = {
    "extend": Effect("base.toml", {**SHOP, "base.toml": 'ignore = ["ASA5"]\n'}, LAZY, CLEAN),
    "profile": Effect("strict", {"app.py": REGISTRY}, CLEAN, (["ASA206"], 1)),
    "phase": Effect(1, EVERY, BOTH, (["ASA401"], 1)),
    "select": Effect(["ASA4"], EVERY, BOTH, (["ASA401"], 1)),
    "extend-select": Effect(["ASA206"], {"app.py": REGISTRY}, CLEAN, (["ASA206"], 1)),
    "ignore": Effect(["on-event-handler"], EVERY, BOTH, LAZY),
    "per-file-ignores": Effect(
        {"app/work.py": ["ASA5"], "app/main.py": ["ASA5"]}, EVERY, BOTH, (["ASA401"], 1)
    ),
    "advisory": Effect(["ASA5"], SHOP, LAZY, (["ASA501"], 0)),
    "critical-paths": Effect(["app/"], SHOP, (["ASA501"], 0), LAZY, {"advisory": ["ASA5"]}),
    "fail-on": Effect("error", {"main.py": EVENTS}, (["ASA401"], 1), (["ASA401"], 0)),
    "exclude": Effect(["/app/main.py"], EVERY, BOTH, LAZY),
    "src": Effect(
        ["backend/lib"],
        {"backend/lib/models.py": MODELS, "app/work.py": read("from models import Order")},
        CLEAN,
        LAZY,
    ),
    "target-version": Effect(
        "py312", {**SHOP, "app/models.py": DATACLASSES, "app/work.py": COMPARED}, CLEAN, (["ASA501"], 1)
    ),
    "fastapi-version": Effect("0.100", {"main.py": ROUTER}, (["ASA401"], 1), (["ASA402"], 1)),
    "sqlalchemy-version": Effect(
        "2.0", {**SHOP, "app/models.py": DATACLASSES, "app/work.py": MADE}, LAZY, CLEAN
    ),
    "test-paths": Effect(["checks/"], {"checks/db.py": USED}, (["ASA204"], 1), CLEAN),
    "migration-paths": Effect(["schema/"], {"schema/env.py": ABANDONED}, (["ASA103"], 1), CLEAN),
    "bootstrap-functions": Effect(["prepare"], {"main.py": PER_REQUEST}, (["ASA101"], 1), CLEAN),
    "repository-patterns": Effect(["*Gateway"], {"app.py": GATEWAY}, CLEAN, (["ASA101"], 1)),
    "session-dependencies": Effect(["get_*"], {"app.py": DEPENDENCY}, CLEAN, (["ASA204"], 1)),
    "allow-async-scoped-session": Effect(
        True, {"app.py": REGISTRY}, (["ASA206"], 1), CLEAN, {"profile": "strict"}
    ),
    "session-factories": Effect(["vendor.help"], {"app.py": OPENED}, CLEAN, (["ASA205"], 1)),
    "session-providers": Effect(["vendor.help"], {**SHOP, "app/work.py": ENTERED}, CLEAN, LAZY),
    "task-spawners": Effect(["vendor.help"], {**SHOP, "app/work.py": SPAWNED}, CLEAN, (["ASA601"], 1)),
    "loaders": Effect(["vendor.help"], HELPED, LAZY, CLEAN),
    "commit-helpers": Effect(["vendor.help"], {**SHOP, "app/work.py": COMMITTED}, CLEAN, (["ASA505"], 1)),
}
ELSEWHERE = {"root", "baseline", "cache-dir"}
"""Tested with projects inside projects, with the commands that write a baseline, and with the cache."""


def said(folder: Path, settings: Mapping[str, Any]) -> tuple[list[str], int]:
    """Codes and exit status of a run with a configuration file."""
    lines = [f"{key} = {_toml(value)}" for key, value in settings.items()]
    write(folder, {"asyncsa-lint.toml": "\n".join(lines) + "\n"})
    result = lint([str(folder)])
    return [finding.code for finding in result.findings], result.exit_status


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{json.dumps(key)} = {json.dumps(item)}" for key, item in value.items()) + " }"
        )
    return json.dumps(value)


def test_a_dependency_by_its_qualified_name(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": DEPENDENCY})
    assert said(tmp_path, {"session-dependencies": ["app.get_session"]}) == (["ASA204"], 1)
    assert said(tmp_path, {"session-dependencies": ["lib.get_session"]}) == CLEAN


@pytest.mark.parametrize("key", EFFECTS)
def test_effect(tmp_path: Path, key: str) -> None:
    effect = EFFECTS[key]
    write(tmp_path, effect.files)
    assert said(tmp_path, effect.others) == effect.before
    assert said(tmp_path, {**effect.others, key: effect.value}) == effect.after


def test_every_setting_has_an_effect() -> None:
    assert {*EFFECTS, *ELSEWHERE} == set(SETTINGS)
