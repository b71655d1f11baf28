"""Runs every case function of fixture files against a database of its own.

A *case* is a public function or path operation with a docstring; functions without one
are helpers. Parameters are supplied by annotation and name: AsyncSession (all of one
call are the same session), async_sessionmaker, AsyncEngine, `..._id: int` (1), a mapped
class (its row with key 1, in the session), other values from `Stage(supply=...)`.
Module-level factories are bound to the database. A docstring with "(not run" exempts
a case that only the linter can judge.

Positive files: every case must fail, and the lines in the traceback must include one
with an `# error:` (or `# todo-missed:`) comment of the folder's rule; every such line
must be reached that way. Negative files: no case may fail. In projects both stand side
by side: a docstring that begins with "Fails" says which is which.
"""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import traceback
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import MetaData, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import sessionmaker

from tests.proofs.harness import Env, failure_text

Seed = Callable[[AsyncSession], Awaitable[None]]
Outcome = BaseException | None
_EXPECTED = re.compile(r"#\s*(?:error|todo-missed):[^\[\"#]*\[([a-z0-9-]+)\]")


@dataclass(frozen=True)
class Case:
    """One function to call, or one GET route to request."""

    name: str
    function: FunctionType
    module: ModuleType
    app: FastAPI | None = None
    path: str = ""
    method: str = "GET"


@dataclass
class Stage:
    """A seeded template database and the cases that are to run on copies of it."""

    env: Env
    metadata: MetaData
    seed: Seed
    failure: str
    """Regular expression that the text of every failure must match."""
    rule: str = ""
    """Rule whose comments must be reached; by default the folder's name."""
    supply: Mapping[str, object] = field(default_factory=dict)
    expiring_too: bool = False
    """Call every case twice: expire_on_commit off, then on."""
    on_lines: bool = True
    """Off where the rule speaks of a declaration: failures need not pass its comments."""
    postgres: bool = False
    """Run on PostgreSQL with asyncpg instead of SQLite with aiosqlite."""
    _template: str = ""

    async def positives(self, *modules: ModuleType) -> None:
        """Every case fails as claimed, every expectation comment is reached."""
        if self.env.remaining is not None:
            return await self._repaired(modules, self.env.remaining)
        wrong: list[str] = []
        for module in modules:
            expected = self._expected_lines(module)
            reached: set[tuple[str, int]] = set()
            cases = cases_of(module)
            wrong += [] if cases else [f"{module.__name__}: no cases"]
            for case in cases:
                problems, lines = await self._failing(case)
                wrong += problems
                reached |= lines
            missed = expected - reached if self.on_lines else ()
            wrong += [f"{_place(line)}: no case fails here" for line in sorted(missed)]
        assert not wrong, "\n" + "\n".join(wrong)

    async def negatives(self, *modules: ModuleType) -> None:
        """No case fails."""
        wrong: list[str] = []
        for module in modules:
            cases = cases_of(module)
            wrong += [] if cases else [f"{module.__name__}: no cases"]
            for case in cases:
                wrong += await self._sound(case)
        assert not wrong, "\n" + "\n".join(wrong)

    async def project(self, *modules: ModuleType) -> None:
        """Cases whose docstring begins with "Fails" do, the others do not."""
        if self.env.remaining is not None:
            return await self._repaired(modules, self.env.remaining)
        wrong: list[str] = []
        reached: set[tuple[str, int]] = set()
        cases = [case for module in modules for case in cases_of(module)]
        for case in cases:
            if (case.function.__doc__ or "").startswith("Fails"):
                problems, lines = await self._failing(case)
                reached |= lines
            else:
                problems = await self._sound(case)
            wrong += problems
        expected = {line for module in self.env.loaded_modules() for line in self._expected_lines(module)}
        wrong += [f"{_place(line)}: no case fails here" for line in sorted(expected - reached)]
        assert cases, "no cases"
        assert not wrong, "\n" + "\n".join(wrong)

    async def _repaired(self, modules: tuple[ModuleType, ...], remaining: frozenset[tuple[str, int]]) -> None:
        """Cases of repaired fixtures fail only where the linter still says so."""
        wrong: list[str] = []
        for case in [case for module in modules for case in cases_of(module)]:
            error = await self._outcome(case, expiring=False)
            if error is not None and not self._lines_passed(error, case) & (remaining | self._missed()):
                wrong.append(f"{_where(case)} failed: {_story(error)}\n{_frames(error)}")
        assert not wrong, "\n" + "\n".join(wrong)

    def _missed(self) -> set[tuple[str, int]]:
        """Lines on which the linter is known to miss something."""
        files = [Path(module.__file__ or "") for module in self.env.loaded_modules()]
        return {
            (str(path), number)
            for path in files
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if "# todo-missed:" in line
        }

    def _lines_passed(self, error: BaseException, case: Case) -> set[tuple[str, int]]:
        """Lines of the statements that the traceback passes through; all of a path operation."""
        found: set[tuple[str, int]] = set()
        errors = [error, *(error.exceptions if isinstance(error, BaseExceptionGroup) else ())]
        for frame, line in (step for each in errors for step in traceback.walk_tb(each.__traceback__)):
            path = Path(frame.f_code.co_filename)
            if self.env.folder in path.parents and path.suffix == ".py":
                found |= {(str(path), number) for number in _header(path, line)}
        if case.app is not None:
            source, first = inspect.getsourcelines(case.function)
            file = case.function.__code__.co_filename
            found |= {(file, first + offset) for offset in range(len(source))}
        return found

    async def _sound(self, case: Case) -> list[str]:
        outcomes = await self._outcomes(case)
        return [f"{_where(case)} failed: {_story(error)}" for error in outcomes if error is not None]

    async def _failing(self, case: Case) -> tuple[list[str], set[tuple[str, int]]]:
        reached: set[tuple[str, int]] = set()
        wrong: list[str] = []
        for error in await self._outcomes(case):
            if error is None:
                wrong.append(f"{_where(case)} did not fail")
                continue
            text = failure_text(error)
            if not re.search(self.failure, text):
                wrong.append(f"{_where(case)} failed otherwise: {_story(error)}")
            lines = self._reached(error)
            if case.app is not None and not lines:
                lines = self._lines_of(case)
            if self.on_lines and not lines:
                wrong.append(f"{_where(case)} failed on a line without comment\n{_frames(error)}")
            reached |= lines
        return wrong, reached

    def _reached(self, error: BaseException) -> set[tuple[str, int]]:
        """Commented lines among the statements that the traceback passes through."""
        found: set[tuple[str, int]] = set()
        errors = [error, *(error.exceptions if isinstance(error, BaseExceptionGroup) else ())]
        for frame, _line in (step for each in errors for step in traceback.walk_tb(each.__traceback__)):
            path = Path(frame.f_code.co_filename)
            if self.env.folder in path.parents and path.suffix == ".py":  # a template has frames, too
                header = _header(path, _line)
                found |= {(str(path), number) for number in header} & self._comments(path)
        return found

    def _lines_of(self, case: Case) -> set[tuple[str, int]]:
        """Commented lines of a path operation: its answer is read after it has returned."""
        source, first = inspect.getsourcelines(case.function)
        path = Path(case.function.__code__.co_filename)
        return {(str(path), first + offset) for offset in range(len(source))} & self._comments(path)

    def _expected_lines(self, module: ModuleType) -> set[tuple[str, int]]:
        return self._comments(Path(module.__file__ or ""))

    def _comments(self, path: Path) -> set[tuple[str, int]]:
        rule = self.rule or self.env.folder.name
        lines = path.read_text(encoding="utf-8").splitlines()
        return {(str(path), n) for n, line in enumerate(lines, 1) if rule in _EXPECTED.findall(line)}

    async def _outcomes(self, case: Case) -> list[Outcome]:
        variants = (False, True) if self.expiring_too else (False,)
        return [await self._outcome(case, expiring) for expiring in variants]

    async def _outcome(self, case: Case, expiring: bool) -> Outcome:
        """Call the case on a fresh copy of the database; its exception or None."""
        engine = await self._database()
        self._bind(engine)
        try:
            if case.app is not None:
                return await _request(case)
            factory = async_sessionmaker(engine, expire_on_commit=expiring)
            async with _session_class(case)(engine, expire_on_commit=expiring) as session:
                try:
                    answer = case.function(**await self._arguments(case.function, session, factory))
                    if inspect.isawaitable(answer):
                        await answer
                except Exception as error:  # noqa: BLE001 - its kind is what the caller judges
                    await session.rollback()
                    return error
            return None
        finally:
            await engine.dispose()

    async def _database(self) -> AsyncEngine:
        if not self._template:
            self._template = self.env.postgres() if self.postgres else self.env.sqlite()
            await self._fill(self.env.engine(self._template))
        if self.postgres:
            return self.env.engine(self.env.postgres(self._template))
        url = self.env.sqlite()
        shutil.copy(self._template.partition(":///")[2], url.partition(":///")[2])
        engine = self.env.engine(url)
        event.listen(engine.sync_engine, "connect", _forget_durability)
        return engine

    async def _fill(self, engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.run_sync(self.metadata.create_all)
        async with AsyncSession(engine) as session:
            await self.seed(session)
            await session.commit()
        await engine.dispose()

    def _mapped(self) -> tuple[type, ...]:
        """The mapped classes of the loaded fixtures."""
        values = (value for module in self.env.loaded_modules() for value in vars(module).values())
        return tuple({each for each in values if isinstance(each, type) and hasattr(each, "__mapper__")})

    def _bind(self, engine: AsyncEngine) -> None:
        """Give the database to every factory that a loaded fixture holds."""
        for module in self.env.loaded_modules():
            for value in list(vars(module).values()):
                if isinstance(value, async_sessionmaker | sessionmaker):
                    value.configure(bind=engine)

    async def _arguments(
        self, function: FunctionType, session: AsyncSession, factory: async_sessionmaker[AsyncSession]
    ) -> dict[str, object]:
        hints = typing.get_type_hints(function)
        arguments: dict[str, object] = {}
        for name, parameter in inspect.signature(function).parameters.items():
            hint = hints.get(name)
            origin = typing.get_origin(hint) or hint
            if name in self.supply:
                arguments[name] = self.supply[name]
            elif isinstance(origin, type) and issubclass(origin, AsyncSession):
                arguments[name] = session
            elif origin is async_sessionmaker:
                arguments[name] = factory
            elif origin is AsyncEngine:
                arguments[name] = factory.kw["bind"]
            elif hint is int:
                arguments[name] = 1
            elif isinstance(hint, type) and issubclass(hint, self._mapped()):
                arguments[name] = await session.get_one(hint, 1)
            elif parameter.default is inspect.Parameter.empty:
                raise AssertionError(f"{function.__qualname__}: nothing to supply for {name}")
        return arguments


def _session_class(case: Case) -> type[AsyncSession]:
    """The subclass of AsyncSession that the case asks for, such as SQLModel's."""
    hints = typing.get_type_hints(case.function).values()
    classes = [hint for hint in hints if isinstance(hint, type) and issubclass(hint, AsyncSession)]
    return classes[0] if classes else AsyncSession


def cases_of(module: ModuleType) -> list[Case]:
    """Path operations of the module's app, else its functions, that have a docstring."""
    app = getattr(module, "app", None)
    if isinstance(app, FastAPI):
        return [
            Case(endpoint.__name__, endpoint, module, app, _path(app, route), min(route.methods or {"GET"}))
            for route in _routes(app)
            if isinstance(endpoint := route.endpoint, FunctionType) and _is_case(endpoint)
        ]
    return [
        Case(name, value, module)
        for name, value in vars(module).items()
        if isinstance(value, FunctionType)
        and value.__module__ == module.__name__
        and _is_case(value)
        and not name.startswith("_")
    ]


def _is_case(function: FunctionType) -> bool:
    return bool(function.__doc__) and "(not run" not in (function.__doc__ or "")


def _routes(app: FastAPI) -> list[APIRoute]:
    """All path operations, those of included routers too (newer versions nest them)."""
    found: list[APIRoute] = []
    queue: list[Any] = list(app.router.routes)
    while queue:
        route = queue.pop(0)
        if isinstance(route, APIRoute):
            found.append(route)
        else:
            router = getattr(route, "original_router", route)
            queue[:0] = getattr(router, "routes", [])
    return found


def _path(app: FastAPI, route: APIRoute) -> str:
    """Path with every parameter set to 1, prefixes of included routers in front."""
    parameters = dict.fromkeys(re.findall(r"\{(\w+)[^}]*\}", route.path), "1")
    return str(app.url_path_for(route.name, **parameters))


async def _request(case: Case) -> Outcome:
    """Request the route without a body; what it raised, or None when it answered 2xx."""
    assert case.app is not None
    transport = httpx.ASGITransport(app=case.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://proof") as client:
        try:
            response = await client.request(case.method, case.path)
        except Exception as error:  # noqa: BLE001 - its kind is what the caller judges
            return error
    if response.is_success:
        return None
    return AssertionError(f"{case.method} {case.path}: {response.status_code} {response.text[:200]}")


def _header(path: Path, line: int) -> range:
    """Lines of the innermost statement at `line`; of a compound one only its head."""
    best: ast.stmt | None = None
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        around = isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or line)
        if around and isinstance(node, ast.stmt) and (best is None or node.lineno >= best.lineno):
            best = node
    if best is None:
        return range(line, line + 1)
    body = getattr(best, "body", None)
    end = body[0].lineno if body else (best.end_lineno or line) + 1
    return range(best.lineno, max(end, best.lineno + 1))


def _where(case: Case) -> str:
    return f"{case.module.__name__}.{case.name}"


def _place(line: tuple[str, int]) -> str:
    return f"{Path(line[0]).name}:{line[1]}"


def _story(error: BaseException) -> str:
    return f"{failure_text(error)[:300]}\n{_frames(error)}"


def _frames(error: BaseException) -> str:
    steps = traceback.extract_tb(error.__traceback__)
    inside = [step for step in steps if "test_cases" in step.filename]
    return "\n".join(f"    {Path(step.filename).name}:{step.lineno} {step.line}" for step in inside)


def _forget_durability(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()
