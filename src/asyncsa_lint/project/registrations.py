"""Which functions a file gives roles to: by decorators, registrations, base classes.

    @router.get("/orders")                  # `list_orders` is a path operation
    async def list_orders(db: Annotated[AsyncSession, Depends(get_db)]): ...    # `get_db` a dependency

What one file gives is found from that file and from what its names mean, so it is kept as plain
data between runs. An object whose class can not be resolved gives no role: `@app.get` of an
unknown `app` is nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.facts.nodes import children, walk
from asyncsa_lint.knowledge.frameworks import (
    BACKGROUND_CLASSES,
    DEPENDENCY_MARKERS,
    ENDPOINT_BASES,
    EVENT_KEYWORDS,
    INSTANCE_DECORATORS,
    LIFESPAN_KEYWORD,
    MIDDLEWARE_BASES,
    OPERATION_DECORATORS,
    REGISTRATION_CALLS,
    REGISTRATION_METHODS,
    ROLE_DECORATORS,
    ROLE_METHODS,
    ROUTING_CLASSES,
)
from asyncsa_lint.project.inference import Inference
from asyncsa_lint.project.local_names import iter_own
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, ModuleInfo, ValueInfo

NEEDLES = tuple(
    word.encode()
    for word in (
        *(
            "fastapi",
            "starlette",
            "pytest",
            "click",
            "typer",
            "celery",
            "dramatiq",
            "huey",
            "arq",
            "taskiq",
            "cyclopts",
        ),
        *("Depends", "Security", "add_task", "BackgroundTask", "Middleware", "on_event", "add_event_handler"),
        *("add_route", "add_api", "exception_handler", "@app.", "@router.", "lifespan="),
    )
)
"""A file that mentions none of these gives no roles."""
_REGISTERING = frozenset(
    {
        *REGISTRATION_METHODS,
        *(name.rpartition(".")[2] for name in (*REGISTRATION_CALLS, *ROUTING_CLASSES, *ROLE_DECORATORS)),
        *("add_task", "on_event", "middleware", "exception_handler", "command", "callback"),
    }
)
"""Last names of calls that may give a role to what they are handed."""
_OPTIONS = frozenset({LIFESPAN_KEYWORD, *EVENT_KEYWORDS, "exception_handlers"})
_IN_BODIES = tuple(
    word.encode()
    for word in (
        *("add_task", "BackgroundTask", "on_event", "add_event_handler", "add_route", "add_api", "Route("),
        *("add_websocket", "iddleware", "exception_handler", "command", "callback", "shared_task", "actor"),
        *("FastAPI(", "Starlette(", "APIRouter(", "dependencies=", "lifespan="),
    )
)
"""Without one of these in the file, only signatures and decorators give roles."""


class Role(StrEnum):
    """The names are those that a message uses."""

    PATH_OPERATION = "path operation"
    WEBSOCKET = "websocket"
    DEPENDENCY = "dependency"
    MIDDLEWARE = "middleware"
    EXCEPTION_HANDLER = "exception handler"
    BACKGROUND_TASK = "background task"
    WORKER_TASK = "worker task"
    LIFESPAN = "lifespan"
    STARTUP_HANDLER = "startup handler"
    TEST = "test"
    FIXTURE = "fixture"
    MIGRATION = "migration"
    SCRIPT = "script"


Place = tuple[str, str]
"""A function by its path below the project's root and its qualified name."""


@dataclass(frozen=True, slots=True)
class Given:
    """A role that a file gives to a function, which may stand in another file."""

    role: str
    path: str
    """Below the project's root."""
    qualname: str
    group: Place = ("", "")
    """Holds only if this function is a script: `@group.command()`."""


@dataclass(frozen=True, slots=True)
class DependencyLambda:
    """`Depends(lambda: ...)`, by its scope in the file and its place as in `ast`."""

    function: str
    """Qualified name; empty at the top level."""
    cls: str
    """Qualified name of the class in whose body it stands, or empty."""
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Registrations:
    """All that one file gives."""

    given: tuple[Given, ...] = ()
    lambdas: tuple[DependencyLambda, ...] = ()


class Registering:
    """Looks at one file."""

    def __init__(self, project: Project) -> None:
        self._inference = Inference(project)
        self._project = project
        self._given: dict[Given, None] = {}
        self._lambdas: dict[DependencyLambda, None] = {}
        self._words: frozenset[str] = frozenset()

    def of(self, module: ModuleInfo) -> Registrations:
        """What the file gives, in the order of its code."""
        bindings = self._project.bindings(module)
        self._words = _REGISTERING | {each.name for each in bindings if each.imported in _REGISTERING}
        self._scan(module)
        return Registrations(tuple(self._given), tuple(self._lambdas))

    def _give(self, function: FunctionInfo | None, role: str, group: FunctionInfo | None = None) -> None:
        if function is not None:
            under = ("", "") if group is None else self._place(group)
            self._given[Given(Role(role), *self._place(function), under)] = None

    def _place(self, function: FunctionInfo) -> Place:
        return self._project.below(function.module.path), function.facts.qualname

    def _scan(self, module: ModuleInfo) -> None:
        bodies = self._project.mentions(module.path, _IN_BODIES)
        for function in self._project.functions(module):
            if function.facts.decorators:
                self._decorated(function)
            self._signature(function)
            if bodies and not self._words.isdisjoint(self._project.calls(function)):
                self._calls(function, self._project.node(function))
        for cls in self._project.classes(module):
            self._class(cls)
        source = self._project.source(module.path)
        self._calls(module, source.tree if source is not None else None)

    def _class(self, cls: ClassInfo) -> None:
        if not cls.facts.bases:
            return
        if self._project.is_subclass(cls, MIDDLEWARE_BASES):
            self._give(self._project.method(cls, "dispatch"), Role.MIDDLEWARE)
        elif self._project.is_subclass(cls, ENDPOINT_BASES):
            for function in self._inference.assignments.methods(cls):
                if function.facts.name in OPERATION_DECORATORS or function.facts.name.startswith("on_"):
                    self._give(function, Role.PATH_OPERATION)

    def _signature(self, function: FunctionInfo) -> None:
        scope = self._project.enclosing(function)
        for parameter in function.facts.parameters:
            for expr in (parameter.default, parameter.annotation):
                if expr is None or "(" not in expr.text:
                    continue
                for node in walk(parse(expr)):
                    if isinstance(node, ast.Call) and not self._registered(scope, node):
                        self._bare_dependency(scope, node, function, parameter.name)

    def _bare_dependency(self, scope: Scope, node: ast.Call, function: FunctionInfo, name: str) -> None:
        """`database: Annotated[Database, Depends()]`: the class itself is the dependency."""
        marker = self._inference.symbol(scope, node.func)
        parameter = self._inference.parameter(function, name)
        if isinstance(marker, External) and marker.name in DEPENDENCY_MARKERS and not node.args and parameter:
            kind = self._inference.parameter_instance(function, parameter)
            if isinstance(kind, ClassInfo):
                self._give(self._project.method(kind, "__init__"), Role.DEPENDENCY)

    def _decorated(self, function: FunctionInfo) -> None:
        scope = self._project.enclosing(function)
        for decorator in function.facts.decorators:
            node = parse(decorator)
            if isinstance(node, ast.Call):
                self._expression(scope, node)
            self._give_by(scope, node.func if isinstance(node, ast.Call) else node, function)

    def _give_by(self, scope: Scope, decorator: ast.expr, function: FunctionInfo) -> None:
        """The role that a decorator gives; also for `decorator(function)` written as a call."""
        if isinstance(decorator, ast.Call):
            decorator = decorator.func
        if not isinstance(decorator, ast.Attribute | ast.Name):
            return
        name = decorator.attr if isinstance(decorator, ast.Attribute) else ""
        if name in ROLE_METHODS and self._is_routing_object(scope, decorator):
            self._give(function, ROLE_METHODS[name])
            return
        symbol = self._inference.symbol(scope, decorator)
        if isinstance(symbol, External):
            owner, _, method = symbol.name.rpartition(".")
            role = ROLE_DECORATORS.get(symbol.name) or INSTANCE_DECORATORS.get((owner, method))
            self._give(function, role) if role else None
        elif isinstance(decorator, ast.Attribute) and decorator.attr in {"command", "group"}:
            group = self._inference.symbol(scope, decorator.value)
            if isinstance(group, FunctionInfo):
                self._give(function, Role.SCRIPT, group)

    def _is_routing_object(self, scope: Scope, method: ast.expr) -> bool:
        """Whether `x` in `x.method` is an app or router."""
        return isinstance(method, ast.Attribute) and self._is_routing(
            self._inference.instance(scope, method.value)
        )

    def _is_routing(self, kind: ClassInfo | External | None) -> bool:
        """Whether instances of the class are apps or routers."""
        if isinstance(kind, ClassInfo):
            return self._project.is_subclass(kind, ROUTING_CLASSES)
        return kind is not None and kind.name in ROUTING_CLASSES

    # -- registrations

    def _calls(self, scope: Scope, node: ast.AST | None) -> None:
        for each in iter_own(node) if node is not None else ():
            if isinstance(each, ast.Call):
                self._registered(scope, each)

    def _expression(self, scope: Scope, node: ast.expr) -> None:
        for each in walk(node):
            if isinstance(each, ast.Call):
                self._registered(scope, each)

    def _registered(self, scope: Scope, node: ast.Call) -> bool:
        """Give roles to the functions that a call is handed; whether there was one."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if isinstance(node.func, ast.Call) and node.args:
            handed = self._inference.symbol(scope, node.args[0])
            if isinstance(handed, FunctionInfo):
                self._give_by(scope, node.func, handed)
            return False
        if name not in self._words and name != "run":
            if any(keyword.arg in _OPTIONS for keyword in node.keywords):
                self._application_class(scope, node)
            return False
        if isinstance(node.func, ast.Attribute):
            if name == "add_task":
                return self._background(scope, node)
            row = REGISTRATION_METHODS.get(name)
            if row is not None:
                routing = self._is_routing(self._inference.instance(scope, node.func.value))
                return routing and self._give_row(scope, node, row)
        symbol = self._inference.symbol(scope, node.func)
        if isinstance(symbol, External):
            return self._external(scope, node, symbol.name)
        return False

    def _application_class(self, scope: Scope, node: ast.Call) -> None:
        """An application class of the project, or a function that passes its options on."""
        symbol = self._inference.symbol(scope, node.func)
        if isinstance(symbol, FunctionInfo) or (isinstance(symbol, ClassInfo) and self._is_routing(symbol)):
            self._application(scope, node)

    def _external(self, scope: Scope, node: ast.Call, name: str) -> bool:
        row = REGISTRATION_CALLS.get(name)
        if row is not None:
            return self._give_row(scope, node, row)
        if name in ROUTING_CLASSES:
            self._application(scope, node)
        elif name in ROLE_DECORATORS or name == "typer.run":
            for argument in node.args[:1]:
                for target in self._targets(scope, argument, "script"):
                    self._give(target, ROLE_DECORATORS.get(name, Role.SCRIPT))
        return False

    def _background(self, scope: Scope, node: ast.Call) -> bool:
        assert isinstance(node.func, ast.Attribute)
        kind = self._inference.instance(scope, node.func.value)
        names = BACKGROUND_CLASSES
        known = self._project.is_subclass(kind, names) if isinstance(kind, ClassInfo) else False
        if known or (isinstance(kind, External) and kind.name in names):
            return self._give_row(scope, node, (Role.BACKGROUND_TASK, 0, "func"))
        return False

    def _give_row(self, scope: Scope, node: ast.Call, row: tuple[str, int, str]) -> bool:
        role, position, keyword = row
        given = next((each.value for each in node.keywords if each.arg == keyword), None)
        if given is None and len(node.args) > position:
            given = node.args[position]
        if given is None:
            return False
        if isinstance(given, ast.Lambda) and role == Role.DEPENDENCY:
            self._lambdas[_place_of(scope, given)] = None
        for target in self._targets(scope, given, role):
            self._give(target, role)
        return True

    def _targets(self, scope: Scope, node: ast.expr, role: str) -> Iterator[FunctionInfo]:
        """The functions one of which runs when an expression is called."""
        if isinstance(node, ast.BoolOp | ast.IfExp):
            for each in node.values if isinstance(node, ast.BoolOp) else (node.body, node.orelse):
                yield from self._targets(scope, each, role)
            return
        symbol = self._inference.symbol(scope, node)
        value = self._inference.bound_value(symbol) if isinstance(symbol, ValueInfo) else node
        if isinstance(value, ast.Call) and value.args:
            there = symbol.module if isinstance(symbol, ValueInfo) else scope
            if self._inference.symbol(there, value.func) == External("functools.partial"):
                scope, node = there, value.args[0]
                symbol = self._inference.symbol(scope, node)
        if isinstance(symbol, FunctionInfo):
            yield symbol
            return
        kind = symbol if isinstance(symbol, ClassInfo) else self._inference.instance(scope, node)
        if not isinstance(kind, ClassInfo):
            return
        names = ["__call__"]
        if isinstance(symbol, ClassInfo):
            names = ["dispatch", "__call__"] if role == Role.MIDDLEWARE else ["__init__"]
        yield from [found for name in names if (found := self._project.method(kind, name)) is not None][:1]

    def _application(self, scope: Scope, node: ast.Call) -> None:
        """`FastAPI(lifespan=..., on_startup=[...], exception_handlers={...})`."""
        for keyword in node.keywords:
            if keyword.arg == LIFESPAN_KEYWORD:
                for target in self._lifespans(scope, keyword.value):
                    self._give(target, Role.LIFESPAN)
            elif keyword.arg in EVENT_KEYWORDS or keyword.arg == "exception_handlers":
                role = Role.STARTUP_HANDLER if keyword.arg in EVENT_KEYWORDS else Role.EXCEPTION_HANDLER
                for each in children(keyword.value):
                    if isinstance(each, ast.Name | ast.Attribute):
                        for target in self._targets(scope, each, role):
                            self._give(target, role)

    def _lifespans(self, scope: Scope, node: ast.expr) -> Iterator[FunctionInfo]:
        """One lifespan, or several that a function of a library makes one of: `combine(one, other)`."""
        if isinstance(node, ast.Call) and isinstance(self._inference.symbol(scope, node.func), External):
            for argument in node.args:
                given = self._targets(scope, argument, Role.LIFESPAN)
                yield from (each for each in given if each.facts.is_generator)
        yield from self._targets(scope, node, Role.LIFESPAN)


def _place_of(scope: Scope, node: ast.Lambda) -> DependencyLambda:
    function = scope.facts.qualname if isinstance(scope, FunctionInfo) else ""
    cls = scope.facts.qualname if isinstance(scope, ClassInfo) else ""
    return DependencyLambda(function, cls, node.lineno, node.col_offset)
