"""Which functions can do anything of interest at all: a cheap over-approximation by names.

A body is *active* when it calls something that the libraries' interfaces are made of, or
a function of the project whose name belongs to an active body. Names over-approximate:
being active decides nothing but whether it pays to interpret a call whose arguments
carry nothing of interest. A function that is not active can neither make nor touch a
session, an engine, a statement or a task by itself.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from asyncsa_lint.facts.expressions import dotted_name, parse
from asyncsa_lint.facts.records import Binding
from asyncsa_lint.facts.usage import called_outside
from asyncsa_lint.flow.reach import LIBRARIES
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.symbols import External, FunctionInfo, ModuleInfo, ValueInfo

DISTINCT = frozenset(
    {
        "execute",
        "scalars",
        "scalar",
        "exec",
        "stream",
        "stream_scalars",
        "get_one",
        "refresh",
        "commit",
        "rollback",
        "flush",
        "expire",
        "expire_all",
        "expunge",
        "expunge_all",
        "add_all",
        "close_all",
        "run_sync",
        "begin_nested",
        "aclose",
        "dispose",
        "create_async_engine",
        "create_engine",
        "async_engine_from_config",
        "create_pool",
        "async_sessionmaker",
        "sessionmaker",
        "AsyncSession",
        "Session",
        "scoped_session",
        "async_scoped_session",
        "select",
        "insert",
        "selectinload",
        "joinedload",
        "subqueryload",
        "contains_eager",
        "lazyload",
        "raiseload",
        "load_only",
        "defer",
        "undefer",
        "gather",
        "create_task",
        "ensure_future",
        "start_soon",
        "add_task",
        "BackgroundTask",
        "TaskGroup",
        "create_task_group",
        "as_completed",
        "to_thread",
        "run_in_executor",
        "run_in_threadpool",
        "model_validate",
        "from_orm",
        "validate_python",
        "partial",
    }
)
"""Names that hardly mean anything else."""
COMMON = frozenset(
    {"get", "add", "delete", "update", "merge", "close", "begin", "connect", "options", "wait", "text"}
)
"""Names that many objects have: they count in files that speak of databases."""
OPENING = ("session", "factory", "maker", "scoped", "connection", "transaction", "unit_of_work", "uow")
"""Parts of names under which factories of sessions are kept and called."""
DATABASE = (*LIBRARIES, b"ession", b"engine", b"repo", b"Repo")
RELEVANT = (b"sqlalchemy", b"sqlmodel", b"async def", b"asyncpg", b"fastapi", b"starlette")
"""A file that mentions none of these neither makes nor awaits anything of interest."""


@dataclass(frozen=True, slots=True)
class Body:
    """What the activity of one function depends on, or that of what runs when a file is imported."""

    qualname: str
    """Empty for the module."""
    called_as: str
    """The name in a call that runs the function."""
    active: bool
    """By itself, whatever the functions do that it calls."""
    calls: tuple[str, ...]
    """Names of functions that would make it active."""


class Activity:
    """Answers for one project; the same whatever was asked before."""

    def __init__(
        self, project: Project, is_test: Callable[[str], bool], known: frozenset[str] = frozenset()
    ) -> None:
        self._project = project
        self._is_test = is_test
        """By path; what a test calls is not followed."""
        self._known = known
        """Names of callables that the configuration explains."""
        self._names: frozenset[str] | None = None
        self._files: dict[str, frozenset[str]] = {}

    def is_active(self, function: FunctionInfo) -> bool:
        """Whether interpreting the body can matter without anything of interest coming in."""
        self._project.recorder.note(("active", function.module.path))
        return function.facts.qualname in self.functions(function.module.path)

    def is_module_active(self, path: str) -> bool:
        """Whether interpreting what runs when the file is imported can matter."""
        self._project.recorder.note(("active", path))
        return "" in self.functions(path)

    def functions(self, path: str) -> frozenset[str]:
        """Qualified names of the active functions of a file; an empty one for the module itself."""
        known = self._files.get(path)
        if known is None:
            names = self._active_names()
            bodies = self._bodies(path)
            followed = [body for body in bodies if not body.qualname] if self._is_test(path) else bodies
            known = self._files[path] = frozenset(
                [body.qualname for body in bodies if body.active]
                + [body.qualname for body in followed if not names.isdisjoint(body.calls)]
            )
        return known

    def _active_names(self) -> frozenset[str]:
        """Names that active functions are called by: the least set that is closed under calling."""
        if self._names is None:
            found: set[str] = set()
            pending = sorted(self._known)
            callers: dict[str, set[str]] = defaultdict(set)
            with self._project.recorder.recording():
                # The program does not call its tests: what they define makes nothing active.
                bodies = [
                    body
                    for path in self._project.mentioning(RELEVANT)
                    if not self._is_test(path)
                    for body in self._bodies(path)
                ]
            for body in bodies:
                for name in body.calls:
                    callers[name].add(body.called_as)
                if body.active:
                    pending.append(body.called_as)
            while pending:
                name = pending.pop()
                if name not in found:
                    found.add(name)
                    pending += callers[name]
            self._names = frozenset(found)
        return self._names

    def prepare(self, path: str) -> None:
        """Look at the functions of a file now."""
        self._bodies(path)

    def _bodies(self, path: str) -> tuple[Body, ...]:
        return self._project.store.unit(
            "bodies", path, tuple[Body, ...], lambda: Bodies(self._project).of(path)
        )


class Bodies:
    """Looks at the functions of one file."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def of(self, path: str) -> tuple[Body, ...]:
        """All functions of a file; none when it is broken."""
        module = self._project.module_at(path)
        if module is None:
            return ()
        source = self._project.source(path)  # all of its functions are wanted: they are parsed at once
        outside = frozenset[str]() if source is None else called_outside(source.tree)
        return (
            self._body(module, "", "", outside),
            *(
                self._body(module, each.facts.qualname, _called_as(each), self._project.calls(each))
                for each in self._project.functions(module)
            ),
        )

    def _body(self, module: ModuleInfo, qualname: str, called_as: str, called: frozenset[str]) -> Body:
        calls = called | _renamed(self._project.bindings(module), called)
        others = sorted(calls - COMMON)
        active = (
            not calls.isdisjoint(DISTINCT)
            or any(_opens(name) for name in calls)
            or (not calls.isdisjoint(COMMON) and self._project.mentions(module.path, DATABASE))
            or any(self._makes_sessions(module, name) for name in others)
        )
        return Body(qualname, called_as, active, () if active else tuple(others))

    def _makes_sessions(self, module: ModuleInfo, name: str) -> bool:
        """A constructor of the libraries under another name, or a global bound to a call of one."""
        found = self._project.resolve(module, name)
        if isinstance(found, ValueInfo):
            value = found.bindings[-1].value
            node = None if value is None else parse(value)
            called = dotted_name(node.func) if isinstance(node, ast.Call) else None
            if called is None:
                return False
            if called.rsplit(".", 1)[-1] in DISTINCT:
                return True
            found = self._project.resolve(found.module, called)
        return isinstance(found, External) and found.name.rsplit(".", 1)[-1] in DISTINCT


def _renamed(bindings: tuple[Binding, ...], calls: frozenset[str]) -> frozenset[str]:
    """The original names of what is called under a name that an import has given it."""
    return frozenset(
        each.imported for each in bindings if each.imported not in ("", each.name) and each.name in calls
    )


def _called_as(function: FunctionInfo) -> str:
    """The name in a call that runs the function: constructors go by their class."""
    if function.facts.name in {"__init__", "__call__", "__post_init__"}:
        return function.facts.qualname.rsplit(".", 2)[-2] if "." in function.facts.qualname else ""
    return function.facts.name


def _opens(name: str) -> bool:
    lowered = name.lower()
    return any(part in lowered for part in OPENING)
