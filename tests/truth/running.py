"""Executes programs, each on a database of its own."""

from __future__ import annotations

import asyncio
import gc
import importlib
import inspect
import shutil
import sys
import traceback
import warnings
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from asyncsa_lint.source import paused_collector
from tests.proofs.harness import failure_text
from tests.truth.building import Program

_SECONDS = 20


@dataclass(frozen=True)
class Outcome:
    """How a run ended: the failure, empty when there was none, and the lines it went through."""

    failure: str
    lines: frozenset[int]


def can_run(program: Program) -> bool:
    """Whether the row can be observed here, with the versions that are installed."""
    row = program.row
    if "not run" in row.conditions:
        return False
    return all(
        not (wanted := row.version(library)) or version(library).startswith(f"{wanted}.")
        for library in ("sqlalchemy", "fastapi")
    )


def run_all(programs: Sequence[Program], folder: Path) -> list[Outcome]:
    """Import the programs' package from the folder and run them one after the other."""
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The collector would close connections that programs leak in the midst of another one, and
            # that waits in the task at hand: what was to run at once no longer does.
            with paused_collector():
                outcomes = asyncio.run(_run_all(programs, folder))
            gc.collect()
            return outcomes
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == programs[0].path.parent.name]:
            del sys.modules[name]


async def _run_all(programs: Sequence[Program], folder: Path) -> list[Outcome]:
    package = programs[0].path.parent.name
    world = importlib.import_module(f"{package}.models")
    importlib.import_module(f"{package}.functions")
    template = folder / "template.sqlite"
    await _fill(template, world)
    return [await _run(program, world, template) for program in programs]


async def _fill(path: Path, world: Any) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
    async with engine.begin() as connection:
        await connection.run_sync(world.Base.metadata.create_all)
    functions = sys.modules[world.__name__.replace(".models", ".functions")]
    async with world.Keeping(bind=engine) as session:
        await world.seed(session)
        await getattr(functions, "seed_more", _nothing)(session)
        await session.commit()
    await engine.dispose()


async def _nothing(_: object) -> None:
    """Nothing more to seed."""


async def _run(program: Program, world: Any, template: Path) -> Outcome:
    copy = template.with_name(f"{program.path.stem}_{program.function}.sqlite")  # a stream may keep it open
    shutil.copy(template, copy)
    engine, pooled = _engine(copy, poolclass=NullPool), _engine(copy)
    world.Keeping.configure(bind=engine)
    world.Expiring.configure(bind=engine)
    world.Pooled.configure(bind=pooled)
    module = f"{program.path.parent.name}.{program.path.stem}"
    try:
        async with asyncio.timeout(_SECONDS):
            main: Callable[[], Awaitable[None] | None] = getattr(
                importlib.import_module(module), program.function
            )
            answer = main()
            if inspect.isawaitable(answer):
                await answer
    except Exception as error:  # noqa: BLE001 - its kind is what the test judges
        return Outcome(failure_text(error), _lines(error, program))
    finally:
        await engine.dispose()
        await pooled.dispose()
    return Outcome("", frozenset())


def _engine(path: Path, **options: Any) -> AsyncEngine:
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", **options)
    event.listen(engine.sync_engine, "connect", _forget_durability)
    return engine


def _forget_durability(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


def _lines(error: BaseException, program: Program) -> frozenset[int]:
    """Lines of the program in the traceback of the error and of what its group holds."""
    errors = [error]
    for each in errors:
        errors += each.exceptions if isinstance(each, BaseExceptionGroup) else ()
    steps = [step for each in errors for step in traceback.extract_tb(each.__traceback__)]
    return frozenset(
        step.lineno for step in steps if step.lineno and program.holds(step.filename, step.lineno)
    )
