"""Small projects in temporary folders, and the tool run on them as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MODELS = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    items: Mapped[list["Item"]] = relationship(back_populates="order")


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    order: Mapped[Order] = relationship(back_populates="items")
"""

REPOSITORY = """\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Order


class OrderRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, order_id: int) -> Order:
        result = await self.session.execute(select(Order).where(Order.id == order_id))
        return result.scalar_one()
"""

SERVICE = """\
from sqlalchemy.ext.asyncio import AsyncSession

from app.repository import OrderRepository


async def count_items(session: AsyncSession, order_id: int) -> int:
    order = await OrderRepository(session).get(order_id)
    return len(order.items)
"""

LOADS = """\
import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Item, Order


async def both(session: AsyncSession) -> None:
    await asyncio.gather(session.execute(select(Order)), session.execute(select(Item)))
"""

MAIN = """\
from fastapi import FastAPI

app = FastAPI()


@app.on_event("startup")
async def connect() -> None:
    print("started")
"""

PROJECT = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n',
    "app/__init__.py": "",
    "app/models.py": MODELS,
    "app/repository.py": REPOSITORY,
    "app/service.py": SERVICE,
    "app/loads.py": LOADS,
    "app/main.py": MAIN,
}
"""A project with one finding in each of three files, one of them across three files."""

FOUND = [("app/loads.py", 10, "ASA601"), ("app/main.py", 6, "ASA401"), ("app/service.py", 8, "ASA501")]
"""Path, line and code of what is to be found in PROJECT."""


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, which is the result."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def run(
    *arguments: str, folder: Path, env: Mapping[str, str] | None = None, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `python -m ...` in a folder, without colour, unless the environment says otherwise."""
    clean = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "NO_COLOR")}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**clean, **(env or {})},
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def lint(*arguments: str, folder: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `asyncsa-lint check` in a folder."""
    return run("asyncsa_lint", "check", *arguments, folder=folder, **options)


def findings(*arguments: str, folder: Path) -> list[dict[str, Any]]:
    """What `asyncsa-lint check --output-format json` finds."""
    done = lint("--output-format", "json", *arguments, folder=folder)
    assert "Traceback" not in done.stderr, done.stderr
    loaded: list[dict[str, Any]] = json.loads(done.stdout)
    return loaded


def places(found: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, str]]:
    """Path, line and code of each finding."""
    return [(each["path"], each["line"], each["code"]) for each in found]
