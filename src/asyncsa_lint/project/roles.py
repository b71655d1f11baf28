"""What a function is to the framework: path operation, dependency, lifespan, fixture...

Roles are given by decorators (`@router.get`), by registration (`add_task(send)`,
`Depends(get_session)`), by base classes (`BaseHTTPMiddleware`) and by where a file stands
(tests, migrations). `request_trail` tells how a request gets to a function. An object
whose class can not be resolved gives no role: `@app.get` of an unknown `app` is nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from enum import StrEnum
from fnmatch import fnmatchcase

from asyncsa_lint.config import Config
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
    REQUEST_ROLES,
    ROLE_DECORATORS,
    ROLE_METHODS,
    ROUTING_CLASSES,
)
from asyncsa_lint.project.callgraph import CallGraph, CallSite
from asyncsa_lint.project.inference import Inference
from asyncsa_lint.project.local_names import iter_own
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, ModuleInfo

_NEEDLES = tuple(
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
            "cyclopts",
        ),
        *("Depends", "Security", "add_task", "BackgroundTask", "Middleware", "on_event", "add_event_handler"),
        *("add_route", "add_api", "exception_handler", "@app.", "@router.", "lifespan="),
    )
)
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


class Roles:
    """Roles of all functions; the whole project is looked at when the first one is asked for."""

    def __init__(self, inference: Inference, graph: CallGraph, config: Config) -> None:
        self._inference = inference
        self._project = inference.project
        self._graph = graph
        self._config = config
        self._found: dict[FunctionInfo, dict[Role, None]] = {}
        self._lambdas: list[tuple[Scope, ast.Lambda]] = []
        self._complete = False
        self._renamed: dict[str, frozenset[str]] = {}

    # -- questions

    def of(self, function: FunctionInfo) -> tuple[Role, ...]:
        """Roles of a function, in order of discovery."""
        own = self._of(function)
        if self.is_migration(function.module):
            return (*own, Role.MIGRATION)
        return (*own, Role.TEST) if self.is_test(function.module) else own

    def request_role(self, function: FunctionInfo) -> Role | None:
        """The role in which the function runs for every request."""
        return next((role for role in self._of(function) if role in REQUEST_ROLES), None)

    def has(self, function: FunctionInfo, role: Role) -> bool:
        """Whether the function has the role."""
        return role in self._of(function)

    def functions(self, role: Role) -> list[FunctionInfo]:
        """All functions with a role, by file and place."""
        self._take_all()
        return [function for function, roles in self._found.items() if role in roles]

    @property
    def dependency_lambdas(self) -> list[tuple[Scope, ast.Lambda]]:
        """`Depends(lambda: ...)`."""
        self._take_all()
        return self._lambdas

    def request_trail(
        self, function: FunctionInfo, through: Callable[[CallSite], bool] = lambda site: True
    ) -> tuple[FunctionInfo, ...] | None:
        """A shortest chain of functions from one that runs per request to this one."""
        sites = self._graph.trail(function, lambda each: self.request_role(each) is not None, through)
        return None if sites is None else (*(site.caller for site in sites), function)

    def is_test(self, module: ModuleInfo) -> bool:
        """Whether the file belongs to the tests."""
        return self.matches(module.path, self._config.test_paths)

    def is_migration(self, module: ModuleInfo) -> bool:
        """Whether the file belongs to migrations."""
        return self.matches(module.path, self._config.migration_paths)

    def matches(self, path: str, patterns: tuple[str, ...]) -> bool:
        """Whether a file is meant by patterns: `tests/` is a folder, `test_*.py` a file."""
        root = self._project.root.rstrip("/") + "/"
        *folders, name = path.removeprefix(root).split("/")
        for pattern in patterns:
            if not pattern.endswith("/"):
                if fnmatchcase(name, pattern):
                    return True
            elif any(fnmatchcase(folder, pattern[:-1]) for folder in folders):
                return True
        return False

    # -- the index

    def _of(self, function: FunctionInfo) -> tuple[Role, ...]:
        """Who asks for one function depends on its roles only, not on the files they come from."""
        self._project.recorder.note(("roles", function.module.path))
        if not self._complete:
            self._take(self._project.recorder.apart("roles", self._afresh))
        return tuple(self._found.get(function, ()))

    def in_file(self, path: str) -> list[str]:
        """Functions of a file with their roles, as texts."""
        if not self._complete:
            self._take(self._project.recorder.apart("roles", self._afresh))
        here = [(each, roles) for each, roles in self._found.items() if each.module.path == path]
        return sorted(f"{each.facts.qualname} {'|'.join(roles)}" for each, roles in here)

    def _take_all(self) -> None:
        self._take(self._project.recorder.shared("roles", self._afresh))

    def _take(self, other: Roles) -> None:
        self._found, self._lambdas, self._complete = other._found, other._lambdas, True

    def _afresh(self) -> Roles:
        """The index, found without what was asked before."""
        inference = Inference(self._project.fresh())
        found = Roles(inference, CallGraph(inference), self._config)
        found._complete = True
        for path in found._project.mentioning(_NEEDLES):
            module = found._project.module_at(path)
            if module is not None:
                found._scan(module)
        return found

    def _give(self, function: FunctionInfo | None, role: str) -> None:
        if function is not None:
            self._found.setdefault(function, {})[Role(role)] = None

    def _scan(self, module: ModuleInfo) -> None:
        bodies = self._project.mentions(module.path, _IN_BODIES)
        for function in self._project.functions(module):
            if function.facts.decorators:
                self._decorated(function)
            self._signature(function)
            if bodies and not self._words(module).isdisjoint(self._project.calls(function)):
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
        if name in ROLE_METHODS and self.is_routing_object(scope, decorator):
            self._give(function, ROLE_METHODS[name])
            return
        symbol = self._inference.symbol(scope, decorator)
        if isinstance(symbol, External):
            owner, _, method = symbol.name.rpartition(".")
            role = ROLE_DECORATORS.get(symbol.name) or INSTANCE_DECORATORS.get((owner, method))
            self._give(function, role) if role else None
        elif isinstance(decorator, ast.Attribute) and decorator.attr in {"command", "group"}:
            group = self._inference.symbol(scope, decorator.value)
            if isinstance(group, FunctionInfo) and self.has(group, Role.SCRIPT):
                self._give(function, Role.SCRIPT)

    def is_routing_object(self, scope: Scope, method: ast.expr) -> bool:
        """Whether `x` in `x.method` is an app or router."""
        return isinstance(method, ast.Attribute) and self.is_routing(
            self._inference.instance(scope, method.value)
        )

    def is_routing(self, kind: ClassInfo | External | None) -> bool:
        """Whether instances of the class are apps or routers."""
        if isinstance(kind, ClassInfo):
            return self._project.is_subclass(kind, ROUTING_CLASSES)
        return kind is not None and kind.name in ROUTING_CLASSES

    # -- registrations

    def _calls(self, scope: Scope, node: ast.AST | None) -> None:
        for each in iter_own(node) if node is not None else ():
            if isinstance(each, ast.Call):
                self._registered(scope, each)

    def _words(self, module: ModuleInfo) -> frozenset[str]:
        """Names under which a module calls what registers functions."""
        known = self._renamed.get(module.path)
        if known is None:
            bindings = (*module.facts.bindings, *module.facts.local_imports)
            renamed = {binding.name for binding in bindings if binding.imported in _REGISTERING}
            known = self._renamed[module.path] = _REGISTERING | renamed
        return known

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
        module = scope if isinstance(scope, ModuleInfo) else scope.module
        if name not in self._words(module) and name != "run":
            if any(keyword.arg in _OPTIONS for keyword in node.keywords):
                self._application_class(scope, node)
            return False
        if isinstance(node.func, ast.Attribute):
            if name == "add_task":
                return self._background(scope, node)
            row = REGISTRATION_METHODS.get(name)
            if row is not None:
                routing = self.is_routing(self._inference.instance(scope, node.func.value))
                return routing and self._give_row(scope, node, row)
        symbol = self._inference.symbol(scope, node.func)
        if isinstance(symbol, External):
            return self._external(scope, node, symbol.name)
        return False

    def _application_class(self, scope: Scope, node: ast.Call) -> None:
        """An application class of the project, or a function that passes its options on."""
        symbol = self._inference.symbol(scope, node.func)
        if isinstance(symbol, FunctionInfo) or (isinstance(symbol, ClassInfo) and self.is_routing(symbol)):
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
            self._lambdas.append((scope, given))
        for target in self._targets(scope, given, role):
            self._give(target, role)
        return True

    def _targets(self, scope: Scope, node: ast.expr, role: str) -> Iterator[FunctionInfo]:
        """The function that runs when an expression is called."""
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
                for target in self._targets(scope, keyword.value, Role.LIFESPAN):
                    self._give(target, Role.LIFESPAN)
            elif keyword.arg in EVENT_KEYWORDS or keyword.arg == "exception_handlers":
                role = Role.STARTUP_HANDLER if keyword.arg in EVENT_KEYWORDS else Role.EXCEPTION_HANDLER
                for each in children(keyword.value):
                    if isinstance(each, ast.Name | ast.Attribute):
                        for target in self._targets(scope, each, role):
                            self._give(target, role)
