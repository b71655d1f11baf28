"""ASA407: a lifespan that no application is given, and an application without one.

One omission is one event: where a forgotten lifespan owns the resources, the application
that lacks it is not reported as well. An application without any lifespan is reported when
its project keeps an engine whose disposal nothing calls.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.findings import Span
from asyncsa_lint.flow.events import LifespanNotWired
from asyncsa_lint.flow.lifecycle.apps import App, Apps
from asyncsa_lint.flow.lifecycle.caching import Caching
from asyncsa_lint.flow.lifecycle.handles import Fate, Handles
from asyncsa_lint.flow.lifecycle.per_request import PerRequest
from asyncsa_lint.flow.lifecycle.resources import Resources
from asyncsa_lint.flow.lifecycle.scene import Constructor, Scene
from asyncsa_lint.knowledge.frameworks import APP_CLASSES
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, ModuleInfo, ValueInfo


class Wiring:
    """Lifespans and applications of one project."""

    def __init__(
        self,
        scene: Scene,
        apps: Apps,
        handles: Handles,
        caching: Caching,
        per_request: PerRequest,
        resources: Resources,
    ) -> None:
        self._scene = scene
        self._apps = apps
        self._handles = handles
        self._caching = caching
        self._per_request = per_request
        self._resources = resources
        self._unwired: dict[FunctionInfo, None] | None = None
        self._engines: list[Constructor] | None = None

    def events(self, module: ModuleInfo) -> Iterator[LifespanNotWired]:
        """Omissions that stand in a module."""
        for function in self._all_unwired():
            if function.module is module:
                yield LifespanNotWired(
                    span=self._scene.name_span(function),
                    symbol=function.symbol,
                    lifespan=f"self.{function.facts.name}" if function.facts.owner else function.facts.name,
                    app=self._only_app(function),
                )
        for app in self._bare(module):
            scope = app.scope
            yield LifespanNotWired(
                span=self._scene.span(module, app.node),
                symbol=scope.symbol if isinstance(scope, FunctionInfo) else "",
                lifespan="",
            )

    # -- lifespans without an application

    def _all_unwired(self) -> dict[FunctionInfo, None]:
        if self._unwired is None:
            self._unwired = {}
            if self._apps.applications():
                for module in self._scene.modules((b"asynccontextmanager",)):
                    for function in self._scene.project.functions(module):
                        if self._is_lifespan(function) and not self._is_referenced(function):
                            self._unwired[function] = None
        return self._unwired

    def _only_app(self, function: FunctionInfo) -> Span | None:
        """The application that the lifespan must be meant for: the only one, made beside it without one."""
        made = self._apps.applications()
        if (
            function.facts.owner
            or len(made) != 1
            or made[0].module is not function.module
            or not self._apps.takes_lifespan(made[0])
        ):
            return None
        return self._scene.span(function.module, made[0].node)

    def _is_lifespan(self, function: FunctionInfo) -> bool:
        facts = function.facts
        if not facts.is_generator or not facts.is_async or not facts.decorators:
            return False
        owner = self._scene.project.owner(function)
        if owner is not None and owner.facts.bases:
            return False  # a base class, or what overrides the method, may be given to the application
        if self._scene.roles.is_test(function.module) or not self._takes_app(function):
            return False
        return self._scene.inference.is_context_manager(function) and self._resources.touches(function)

    def _takes_app(self, function: FunctionInfo) -> bool:
        scope = self._scene.project.enclosing(function)
        for parameter in function.facts.parameters:
            if parameter.annotation is None:
                continue
            kind = self._scene.inference.annotated(scope, parse(parameter.annotation))
            if isinstance(kind, External) and kind.name in APP_CLASSES:
                return True
            if isinstance(kind, ClassInfo) and self._scene.project.is_subclass(kind, APP_CLASSES):
                return True
        return False

    def _is_referenced(self, function: FunctionInfo) -> bool:
        """Whether any code names the function; an import alone does not use it."""
        name = function.facts.name
        for module in self._scene.modules((name.encode(),)):
            tree = self._scene.tree(module)
            names = self._scene.project.known_as(module, name)
            for node in tree.nodes() if tree is not None else ():
                if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load):
                    candidate: ast.expr = node
                elif isinstance(node, ast.Attribute) and node.attr == name:
                    candidate = node
                else:
                    continue
                assert tree is not None
                symbol = self._scene.inference.symbol(tree.scope(node), candidate)
                if symbol is function or (symbol is None and isinstance(candidate, ast.Attribute)):
                    return True
        return False

    # -- applications without a lifespan

    def _bare(self, module: ModuleInfo) -> Iterator[App]:
        if not self._scene.project.mentions(module.path, (b"FastAPI", b"Starlette")):
            return
        here = [app for app in self._apps.applications() if app.module is module]
        if not here or any(self._belongs(function, module) for function in self._all_unwired()):
            return
        for app in here:
            if self._apps.starts(app) or self._is_mounted(app):
                continue
            if any(self._apps.reaches(app, e.module) for e in self._lost_engines()):
                yield app

    def _belongs(self, function: FunctionInfo, module: ModuleInfo) -> bool:
        """Whether a forgotten lifespan is of the same program, or of the same package, as an application."""
        package, _, rest = module.name.partition(".")
        if rest and function.module.name.startswith(package + "."):
            return True
        return self._scene.program(function.module) is self._scene.program(module)

    def _is_mounted(self, app: App) -> bool:
        for module in self._scene.modules((b".mount(",)):
            tree = self._scene.tree(module)
            for node in tree.nodes() if tree is not None else ():
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "mount"
                ):
                    assert tree is not None
                    scope = tree.scope(node)
                    given = [*node.args[1:2], *(each.value for each in node.keywords if each.arg == "app")]
                    if any(app in self._apps.of(scope, each) for each in given):
                        return True
        return False

    def _lost_engines(self) -> list[Constructor]:
        """Engines that the process keeps and that nothing alive disposes."""
        if self._engines is None:
            self._engines = []
            for module in self._scene.modules(
                (b"create_async_engine", b"async_engine_from_config", b"create_pool")
            ):
                roles = self._scene.roles
                if not roles.is_test(module) and not roles.is_migration(module):
                    self._engines += [
                        each for each in self._scene.constructors(module) if self._is_lost(each)
                    ]
        return self._engines

    def _is_lost(self, constructor: Constructor) -> bool:
        if (
            not constructor.is_async
            or constructor.unpooled
            or self._per_request.found(constructor) is not None
        ):
            return False
        if isinstance(constructor.scope, ModuleInfo) and self._scene.in_main_guard(
            constructor.module, constructor.node
        ):
            return False
        found = self._handles.verdict(constructor.module, constructor.node)
        function = constructor.function
        cached = function is not None and self._caching.is_cached(function)
        kept = (
            cached
            or isinstance(constructor.scope, ModuleInfo)
            or any(self._lasts(place.owner, place.name) for place in found.places)
        )
        if not kept or found.fate is Fate.ESCAPED:
            return False
        return not any(self._is_alive(scope) for scope in found.disposed_in)

    def _lasts(self, owner: object, name: str) -> bool:
        """Names of modules, and attributes of objects that a module keeps."""
        if isinstance(owner, ModuleInfo):
            return True
        if not isinstance(owner, ClassInfo):
            return False
        for module in self._scene.modules((owner.facts.name.encode(),)):
            for binding in self._scene.project.facts(module).bindings:
                if binding.value is not None and binding.value.text.partition("(")[0].endswith(
                    owner.facts.name
                ):
                    symbol = self._scene.project.resolve(module, binding.name)
                    if (
                        isinstance(symbol, ValueInfo)
                        and self._scene.inference.value_instance(symbol) is owner
                    ):
                        return True
        return False

    def _is_alive(self, scope: Scope) -> bool:
        """Whether code of a scope runs: a module, or what a module or the framework calls."""
        if not isinstance(scope, FunctionInfo):
            return True
        return self._scene.graph.trail(scope, self._is_started) is not None

    def _is_started(self, function: FunctionInfo) -> bool:
        return bool(self._scene.roles.of(function)) or bool(self._scene.graph.module_calls(function))
