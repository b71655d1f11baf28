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

from asyncsa_lint.facts.expressions import dotted_name, parse
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.symbols import External, FunctionInfo, ValueInfo

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
OPENING = ("session", "factory", "maker", "connection", "transaction", "unit_of_work", "uow")
"""Parts of names under which factories of sessions are kept and called."""
DATABASE = (
    *(b"sqlalchemy", b"sqlmodel", b"asyncpg", b"ession", b"engine", b"repo", b"Repo"),
    *(b"psycopg", b"sqlite3", b"pymysql", b"MySQLdb", b"pyodbc"),
)
INDEXED = (b"sqlalchemy", b"sqlmodel", b"async def", b"fastapi", b"starlette")


class Activity:
    """Answers for one project, lazily and memoised by name."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._by_name: dict[str, list[FunctionInfo]] | None = None
        self._names: dict[str, bool] = {}
        self._functions: dict[FunctionInfo, bool] = {}

    def is_active(self, function: FunctionInfo) -> bool:
        """Whether interpreting the body can matter without anything of interest coming in."""
        known = self._functions.get(function)
        if known is None:
            self._functions[function] = False
            known = self._functions[function] = self._find(function)
        return known

    def _find(self, function: FunctionInfo) -> bool:
        calls = self._called(function)
        if not calls.isdisjoint(DISTINCT) or any(_opens(name) for name in calls):
            return True
        if not calls.isdisjoint(COMMON) and self._project.mentions(function.module.path, DATABASE):
            return True
        if any(self._makes_sessions(function, name) for name in sorted(calls - COMMON)):
            return True
        return any(self._is_active_name(name) for name in sorted(calls - COMMON))

    def _called(self, function: FunctionInfo) -> frozenset[str]:
        """Last names of what is called: for those that an import has renamed the original ones as well."""
        calls = self._project.calls(function)
        facts = function.module.facts
        imports = (each for each in (*facts.bindings, *facts.local_imports) if each.imported != each.name)
        return calls | {each.imported for each in imports if each.imported and each.name in calls}

    def _makes_sessions(self, function: FunctionInfo, name: str) -> bool:
        """A constructor of the libraries under another name, or a global bound to a call of one."""
        found = self._project.resolve(function.module, name)
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

    def _is_active_name(self, name: str) -> bool:
        known = self._names.get(name)
        if known is None:
            self._names[name] = False
            known = self._names[name] = any(self.is_active(function) for function in self._named(name))
        return known

    def _named(self, name: str) -> list[FunctionInfo]:
        if self._by_name is None:
            index: dict[str, list[FunctionInfo]] = defaultdict(list)
            for path in self._project.files:
                module = self._project.module_at(path) if self._project.mentions(path, INDEXED) else None
                for function in () if module is None else self._project.functions(module):
                    index[self._called_as(function)].append(function)
            self._by_name = index
        return self._by_name.get(name, [])

    def _called_as(self, function: FunctionInfo) -> str:
        """The name in a call that runs the function: constructors go by their class."""
        if function.facts.name in {"__init__", "__call__", "__post_init__"}:
            return function.facts.qualname.rsplit(".", 2)[-2] if "." in function.facts.qualname else ""
        return function.facts.name


def _opens(name: str) -> bool:
    lowered = name.lower()
    return any(part in lowered for part in OPENING)
