"""What a proof gets: fixtures imported afresh, engines on fresh databases, expectations.

A rule's folder may hold `proofs.py` with functions `prove_<what>(env)`, async or plain.
A proof executes the fixtures beside it and asserts that the positives raise, leak or
lose what the rule says and that the negatives do not:

    async def prove_commit_expires(env: Env) -> None:
        fixture = env.load("positive_commit")
        with env.raises_implicit_io():
            await fixture.total(...)

`tests/proofs/driver.py` does this for whole files of functions with ordinary parameters.
"""

from __future__ import annotations

import ast
import asyncio
import gc
import importlib
import importlib.util
import inspect
import itertools
import shutil
import sys
import tempfile
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.proofs.postgres import Cluster, Unavailable

PROOF_SECONDS = 240
Proof = Callable[["Env"], Awaitable[None] | None]


class Skip(Exception):
    """The proof can not run here; the message says why."""


class Env:
    """One proof's world; everything it hands out is disposed of by the harness."""

    def __init__(self, folder: Path, remaining: frozenset[tuple[str, int]] | None = None) -> None:
        self.folder = folder
        self.remaining = remaining
        """For fixtures that were repaired: the places (path, line) where something is still found."""
        self.tmp = Path(tempfile.mkdtemp(prefix="proof-"))
        self._engines: list[AsyncEngine] = []
        self._numbers = itertools.count(1)
        self._hidden: dict[str, ModuleType] = {}
        self._roots: list[Path] = []

    # -- fixtures ---------------------------------------------------------------

    def load(self, name: str, root: str = "") -> ModuleType:
        """Import `name` ("positive_x", "app.main") from the folder or a directory in it.

        Modules are imported once per proof, so fixtures loaded together share their
        models; another proof gets new ones.
        """
        self.enter(root)
        return importlib.import_module(name)

    def enter(self, root: str = "") -> Path:
        """Make a directory of the folder importable, hiding modules of the same names."""
        directory = self.folder / root if root else self.folder
        if directory not in self._roots:
            for name in _importable(directory):
                # A thread of an earlier proof may still be importing something: a copy is gone through.
                for loaded in [key for key in list(sys.modules) if key == name or key.startswith(f"{name}.")]:
                    self._hidden.setdefault(loaded, sys.modules[loaded])
                    del sys.modules[loaded]
            sys.path.insert(0, str(directory))
            self._roots.append(directory)
            importlib.invalidate_caches()
        return directory

    def loaded_modules(self) -> list[ModuleType]:
        """Modules of the folder that are imported at the moment."""
        inside = f"{self.folder}/"
        found = [module for module in list(sys.modules.values()) if _file_of(module).startswith(inside)]
        return sorted(found, key=_file_of)

    # -- databases --------------------------------------------------------------

    def sqlite(self) -> str:
        """URL of a new SQLite file."""
        return f"sqlite+aiosqlite:///{self.tmp}/db{next(self._numbers)}.sqlite"

    def engine(self, url: str = "", **options: Any) -> AsyncEngine:
        """An engine on `url`, by default on a new SQLite file."""
        engine = create_async_engine(url or self.sqlite(), **options)
        self._engines.append(engine)
        return engine

    def postgres(self, template: str = "") -> str:
        """URL of a new PostgreSQL database, a copy of the one at the URL `template` if given.

        Skips the proof where there is no server.
        """
        try:
            return _cluster().url(template)
        except Unavailable as reason:
            raise Skip(str(reason)) from None

    def postgres_engine(self, **options: Any) -> AsyncEngine:
        """An asyncpg engine on a new database; skips the proof where there is no server."""
        return self.engine(self.postgres(), **options)

    # -- expectations -----------------------------------------------------------

    @contextmanager
    def raises_implicit_io(self) -> Iterator[None]:
        """The block must end in MissingGreenlet, plain, wrapped, or in a group."""
        try:
            yield
        except Exception as error:
            if is_implicit_io(error):
                return
            raise
        raise AssertionError("expected MissingGreenlet, nothing was raised")

    # -- life -------------------------------------------------------------------

    async def close_engines(self) -> None:
        """Dispose of every engine handed out so far."""
        engines, self._engines = self._engines, []
        for engine in engines:
            try:
                await engine.dispose()
            except Exception:  # noqa: BLE001 - a poisoned pool must not hide the proof's verdict
                traceback.print_exc()

    def close(self) -> None:
        """Forget the fixtures' modules, restore what they hid, remove the files."""
        if "sqlmodel" in sys.modules:  # all its tables share one registry
            model = sys.modules["sqlmodel"].SQLModel
            model._sa_registry.dispose(cascade=True)
            model.metadata.clear()
        for module in self.loaded_modules():
            sys.modules.pop(module.__name__, None)
        for directory in self._roots:
            sys.path.remove(str(directory))
        sys.modules.update(self._hidden)
        shutil.rmtree(self.tmp, ignore_errors=True)


def is_implicit_io(error: BaseException) -> bool:
    """Is this the "IO outside the greenlet" failure?

    SQLAlchemy 2.1 on aiosqlite wraps it in a StatementError; pydantic keeps only text;
    task groups put it into an ExceptionGroup.
    """
    return "MissingGreenlet" in failure_text(error)


def failure_text(error: BaseException) -> str:
    """Class names and messages of an exception, what it wraps and what its group holds."""
    seen: list[str] = []
    queue: list[BaseException | None] = [error]
    while queue:
        current = queue.pop()
        if current is None:
            continue
        seen.append(f"{type(current).__name__}: {current}")
        queue += [current.__cause__, getattr(current, "orig", None)]
        if isinstance(current, BaseExceptionGroup):
            queue += current.exceptions
    return "\n".join(seen)


def proofs_of(folder: Path) -> Mapping[str, int]:
    """Names and lines of the proofs in a folder, found without importing it."""
    tree = ast.parse((folder / "proofs.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {node.name: node.lineno for node in functions if node.name.startswith("prove_")}


def run_proof(folder: Path, name: str, remaining: frozenset[tuple[str, int]] | None = None) -> None:
    """Import `proofs.py` of the folder and run one of its proofs, with a time limit.

    With `remaining` the fixtures are repaired ones: they may fail nowhere else.
    """
    env = Env(folder, remaining)
    try:
        proof = cast(Proof, getattr(_import_file(folder / "proofs.py"), name))
        if inspect.iscoroutinefunction(proof):
            asyncio.run(_run(proof, env))
        else:
            proof(env)
            asyncio.run(env.close_engines())
    finally:
        env.close()


def stop_postgres() -> None:
    """Stop the server if a proof started one."""
    if _started:
        _started.pop().stop()


_started: list[Cluster] = []


def _cluster() -> Cluster:
    if not _started:
        _started.append(Cluster())
    return _started[0]


async def _run(proof: Callable[[Env], Awaitable[None]], env: Env) -> None:
    try:
        async with asyncio.timeout(PROOF_SECONDS):
            await proof(env)
    finally:
        await env.close_engines()
        gc.collect()  # "never awaited" warnings belong to this proof, not to a later test


def _import_file(path: Path) -> ModuleType:
    """Import one file under a name of its own: every folder has a `proofs.py`."""
    name = f"_proofs_{path.parent.name.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _importable(directory: Path) -> set[str]:
    """Top-level names that the directory offers for import."""
    packages = {path.name for path in directory.iterdir() if path.is_dir()}
    return {path.stem for path in directory.glob("*.py")} | packages - {"__pycache__"}


def _file_of(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or ""
