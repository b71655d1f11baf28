"""Starts an example project on fresh databases and watches its connections.

The projects have the same package name, `app`, so a process runs one of them only.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool


class Connections:
    """Counts the connections of all pools: opened and not closed again."""

    def __init__(self) -> None:
        """Counter that sees every pool made from now on."""
        self.opened = 0
        self.closed = 0
        event.listen(Pool, "connect", self._opened)
        event.listen(Pool, "close", self._closed)

    def _opened(self, *_: object) -> None:
        self.opened += 1

    def _closed(self, *_: object) -> None:
        self.closed += 1

    @property
    def left(self) -> int:
        """How many are open."""
        return self.opened - self.closed


class Lifespan:
    """Drives the lifespan of an application as a server does, by ASGI messages."""

    def __init__(self, app: FastAPI) -> None:
        """Lifespan of `app`, not started yet."""
        self._app = app
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._outbox: asyncio.Queue[Any] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Let the application start up."""
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        self._task = asyncio.create_task(self._app(scope, self._inbox.get, self._outbox.put))
        await self._tell("startup")

    async def stop(self) -> None:
        """Let the application shut down in peace."""
        await self._tell("shutdown")
        if self._task is not None:
            await self._task

    async def kill(self) -> None:
        """Cancel the application while it runs, as a server does that was told twice to stop."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _tell(self, phase: str) -> None:
        await self._inbox.put({"type": f"lifespan.{phase}"})
        answer = await self._outbox.get()
        if answer["type"] != f"lifespan.{phase}.complete":
            raise RuntimeError(f"lifespan: {answer}")


class Shop:
    """One of the two example projects, on databases that are made anew for each proof."""

    def __init__(self, directory: Path) -> None:
        """Project in `directory`; imports its code."""
        sys.path.insert(0, str(directory))
        self.connections = Connections()
        self.models = self.module("models")
        self.settings: Any = None
        self._home = Path()

    def module(self, name: str) -> Any:
        """Module `app.<name>` of the project."""
        return importlib.import_module(f"app.{name}")

    @contextmanager
    def databases(self) -> Iterator[None]:
        """Three databases with a little data; what a proof leaks is collected afterwards only."""
        gc.collect()
        gc.disable()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            self._home = Path(home)
            urls = {
                f"{name}_url": f"sqlite+aiosqlite:///{self._home / name}.db"
                for name in ("database", "archive", "stock")
            }
            self.settings = self.module("settings").Settings(**urls)
            self._fill()
            try:
                yield
            finally:
                gc.enable()
                gc.collect()

    def _fill(self) -> None:
        engine = create_engine(f"sqlite:///{self._home}/database.db", poolclass=NullPool)
        self.models.Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all(self._rows())
            session.commit()
        self.sql("create table archived_orders (number text, total integer)", "archive")
        self.sql("insert into archived_orders values ('X-1', 990)", "archive")
        self.sql("create table stock (sku text, units integer)", "stock")
        self.sql("insert into stock values ('MUG', 40)", "stock")

    def _rows(self) -> list[object]:
        models = self.models
        ann = models.User(email="ann@example.org", name="Ann")
        bob = models.User(email="bob@example.org", name="Bob")
        address = models.Address(user=ann, street="1 Main Street", city="Leeds")
        mug = models.Product(
            sku="MUG", name="Mug", category="kitchen", price=990, stock=2, description="Blue."
        )
        pen = models.Product(
            sku="PEN", name="Pen", category="office", price=190, stock=90, description="Red."
        )
        lines = [
            models.OrderItem(product=mug, quantity=2, unit_price=990),
            models.OrderItem(product=pen, quantity=5, unit_price=190),
        ]
        order = models.Order(number="A-1", user=ann, items=lines)
        reviews = [
            models.Review(product=mug, author=ann, rating=5, comment="Holds tea."),
            models.Review(product=mug, author=bob, rating=3, comment="Holds coffee."),
        ]
        return [ann, bob, address, mug, pen, order, *reviews, models.Flag(name="wishlist", enabled=True)]

    def sql(self, statement: str, database: str = "database") -> list[Any]:
        """Run a statement behind the project's back."""
        connection = sqlite3.connect(f"{self._home / database}.db")
        try:
            rows = connection.execute(statement).fetchall()
            connection.commit()
        finally:
            connection.close()
        return rows

    @asynccontextmanager
    async def running(self, factory: str = "main:create_app") -> AsyncIterator[tuple[FastAPI, AsyncClient]]:
        """The application between start-up and shutdown, and a client that is logged in."""
        app = self.application(factory)
        lifespan = Lifespan(app)
        await lifespan.start()
        try:
            async with client_of(app) as client:
                yield app, client
        finally:
            await lifespan.stop()

    def application(self, factory: str = "main:create_app") -> FastAPI:
        """The application, not started."""
        module, _, name = factory.partition(":")
        app = getattr(self.module(module), name)(self.settings)
        assert isinstance(app, FastAPI)
        return app


def client_of(app: FastAPI) -> AsyncClient:
    """A client that calls `app` directly and lets its exceptions through."""
    return AsyncClient(
        transport=ASGITransport(app=app),
        base_url="http://shop.example",
        headers={"X-User": "ann@example.org"},
    )


def describe(error: BaseException) -> str:
    """What went wrong, by the name of the innermost exception that says it."""
    if isinstance(error, BaseExceptionGroup):
        return describe(error.exceptions[0])
    # SQLAlchemy 2.1 wraps the failed attempt to do I/O when the driver is aiosqlite.
    if isinstance(error, StatementError) and error.orig is not None:
        return describe(error.orig)
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}"
