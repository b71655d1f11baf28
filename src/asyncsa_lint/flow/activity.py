"""Which functions can do anything of interest at all: a cheap over-approximation by names.

A body is *active* when it calls something that the libraries' interfaces are made of, or
a function of the project whose name belongs to an active body. Names over-approximate:
being active decides nothing but whether it pays to interpret a call whose arguments
carry nothing of interest. A function that is not active can neither make nor touch a
session, an engine, a statement or a task by itself.

Synchronous code is of interest only where it comes upon something asynchronous: so one
that is called by no coroutine is entered only if it is *asynchronous*, which is asked in
the same way: it makes an asynchronous engine or session, or calls a factory of such, an
active coroutine, or a function of the project that does one of these.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from asyncsa_lint.facts.expressions import dotted_name, parse
from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.facts.records import Binding
from asyncsa_lint.facts.usage import called_outside, last_name
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
MAKING = frozenset(
    {
        "create_async_engine",
        "async_engine_from_config",
        "create_pool",
        "async_sessionmaker",
        "AsyncSession",
        "async_scoped_session",
        "async_object_session",
    }
)
"""Those of them that make something asynchronous."""
_MAKERS = tuple(sorted(name.encode() for name in MAKING))
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
    asynchronous: bool
    """Makes something asynchronous by itself."""
    is_coroutine: bool
    calls: tuple[str, ...]
    """Names of functions that would make it active or asynchronous."""
    holds: tuple[str, ...] = ()
    """Of the module: names and attributes that get what the makers of asynchronous things give."""


@dataclass(frozen=True, slots=True)
class Active:
    """Qualified names of functions of one file; an empty one stands for the module."""

    all: frozenset[str]
    asynchronous: frozenset[str]


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
        self._names: tuple[frozenset[str], frozenset[str]] | None = None
        self._files: dict[str, Active] = {}

    def is_active(self, function: FunctionInfo, *, synchronous: bool = False) -> bool:
        """Whether interpreting the body can matter without anything of interest coming in.

        `synchronous`: no coroutine is under way, so only what is asynchronous is of interest.
        """
        self._project.recorder.note(("active", function.module.path))
        found = self.functions(function.module.path)
        return function.facts.qualname in (found.asynchronous if synchronous else found.all)

    def is_module_active(self, path: str) -> bool:
        """Whether interpreting what runs when the file is imported can matter."""
        self._project.recorder.note(("active", path))
        return "" in self.functions(path).all

    def functions(self, path: str) -> Active:
        """The active functions of a file."""
        known = self._files.get(path)
        if known is None:
            names, asynchronous = self._active_names()
            bodies = self._bodies(path)
            followed = [body for body in bodies if not body.qualname] if self._is_test(path) else bodies
            calling = frozenset([body.qualname for body in followed if not names.isdisjoint(body.calls)])
            reaching = [body.qualname for body in followed if not asynchronous.isdisjoint(body.calls)]
            making = [body.qualname for body in bodies if body.asynchronous or body.is_coroutine]
            active = calling.union([body.qualname for body in bodies if body.active])
            known = self._files[path] = Active(active, active.intersection([*reaching, *making]))
        return known

    def _active_names(self) -> tuple[frozenset[str], frozenset[str]]:
        """Names that active functions are called by, and those that are asynchronous."""
        if self._names is None:
            with self._project.recorder.recording():
                # The program does not call its tests: what they define makes nothing active.
                bodies = [
                    body
                    for path in self._project.mentioning(RELEVANT)
                    if not self._is_test(path)
                    for body in self._bodies(path)
                ]
            known = sorted(self._known)
            names = _closed(bodies, [*known, *(body.called_as for body in bodies if body.active)])
            asynchronous = {name for body in bodies for name in body.holds}
            for body in bodies:
                if body.asynchronous or (
                    body.is_coroutine and (body.active or not names.isdisjoint(body.calls))
                ):
                    asynchronous.add(body.called_as)
            self._names = names, _closed(bodies, [*known, *sorted(asynchronous)])
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
        holds: tuple[str, ...] = ()
        if source is not None and self._project.mentions(path, _MAKERS):
            makers = {each.name for each in self._project.bindings(module) if each.imported in MAKING}
            holds = _holding(source.tree, MAKING | makers)
        return (
            replace(self._body(module, "", "", outside), holds=holds),
            *(
                self._body(
                    module,
                    each.facts.qualname,
                    _called_as(each),
                    self._project.calls(each),
                    is_coroutine=each.facts.is_async,
                )
                for each in self._project.functions(module)
            ),
        )

    def _body(
        self,
        module: ModuleInfo,
        qualname: str,
        called_as: str,
        called: frozenset[str],
        *,
        is_coroutine: bool = False,
    ) -> Body:
        calls = called | _renamed(self._project.bindings(module), called)
        others = sorted(calls - COMMON)
        active = (
            not calls.isdisjoint(DISTINCT)
            or any(_opens(name) for name in calls)
            or (not calls.isdisjoint(COMMON) and self._project.mentions(module.path, DATABASE))
            or any(self._makes_sessions(module, name) for name in others)
        )
        asynchronous = not calls.isdisjoint(MAKING)
        return Body(qualname, called_as, active, asynchronous, is_coroutine, tuple(others))

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


def _closed(bodies: list[Body], names: list[str]) -> frozenset[str]:
    """The names and those of all functions that call one of them, over any number of steps."""
    callers: dict[str, set[str]] = defaultdict(set)
    for body in bodies:
        for name in body.calls:
            callers[name].add(body.called_as)
    found: set[str] = set()
    pending = names
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += callers[name]
    return frozenset(found)


def _holding(tree: ast.Module, makers: frozenset[str]) -> tuple[str, ...]:
    """Last names of all that is assigned something in which a maker is named, or what holds one."""
    assigned: list[tuple[set[str], set[str]]] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {last_name(each) for target in targets for each in walk(target)} - {""}
            assigned.append((names, {last_name(each) for each in walk(node)} - names))
        else:
            waiting += [each for name in _BLOCKS for each in getattr(node, name, ())]
    found: set[str] = set()
    while added := [pair for pair in assigned if pair[0] - found and not pair[1].isdisjoint(makers | found)]:
        found.update(*(names for names, _ in added))
    return tuple(sorted(found))


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Where a statement has other statements."""


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
