"""ASA103: engines that no handle in the whole project disposes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from asyncsa_lint.flow.events import EngineAbandoned
from asyncsa_lint.flow.lifecycle.apps import Apps
from asyncsa_lint.flow.lifecycle.caching import Caching
from asyncsa_lint.flow.lifecycle.handles import Fate, Handles, Verdict
from asyncsa_lint.flow.lifecycle.per_request import PerRequest
from asyncsa_lint.flow.lifecycle.places import Kind, Place
from asyncsa_lint.flow.lifecycle.scene import Constructor, Scene
from asyncsa_lint.flow.lifecycle.unopened import never_connects
from asyncsa_lint.knowledge.frameworks import SERVERS
from asyncsa_lint.project.local_names import iter_own
from asyncsa_lint.project.registrations import Role
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, ModuleInfo

_DEPTH = 4
_SCRIPT_FOLDERS = ("scripts/", "script/", "bin/", "cli/", "tools/", "examples/", "example/", "benchmarks/")
_SCRIPT_FILES = ("manage.py", "cli.py", "__main__.py", "setup.py", "seed*.py", "conftest_*.py")
_PATCHING = (b"patch(", b"patch.object(", b"patch.multiple(", b"patch.setattr(")
_PLAIN_BASES = frozenset(
    {"builtins.object", "abc.ABC", "typing.Protocol", "typing.Generic", "pydantic.BaseModel"}
)


class Abandoned:
    """Where the life of engines ends without a disposal."""

    def __init__(
        self, scene: Scene, handles: Handles, caching: Caching, per_request: PerRequest, apps: Apps
    ) -> None:
        self._scene = scene
        self._handles = handles
        self._caching = caching
        self._per_request = per_request
        self._apps = apps
        self._found: dict[str, list[EngineAbandoned]] | None = None

    def events(self, module: ModuleInfo) -> Iterator[EngineAbandoned]:
        """Engines made, or taken from a helper, in a module and never disposed."""
        if self._found is None:
            self._found = {}
            for event in self._all():
                self._found.setdefault(event.span.path, []).append(event)
        yield from self._found.get(module.path, ())

    def _all(self) -> Iterator[EngineAbandoned]:
        for module in self._scene.modules(
            (b"create_async_engine", b"async_engine_from_config", b"create_pool")
        ):
            for constructor in self._scene.constructors(module):
                if constructor.is_async and not constructor.unpooled:
                    yield from self._judge(constructor)

    def _judge(self, constructor: Constructor) -> Iterator[EngineAbandoned]:
        module, node, name = constructor.module, constructor.node, constructor.name
        function = constructor.function
        cached = function is not None and self._caching.is_cached(function)
        found = self._handles.verdict(module, node, through_returns=False)
        if found.fate is Fate.MOVED and not cached:
            yield from self._callers(name, found, set(), _DEPTH)
        elif found.fate in {Fate.LOST, Fate.MOVED} and self._per_request.found(constructor) is None:
            whole = self._handles.verdict(module, node)
            if whole.fate in {Fate.LOST, Fate.MOVED}:
                yield from self._event(constructor.scope, module, node, name, whole, cached)

    def _callers(self, name: str, found: Verdict, seen: set[Place], depth: int) -> Iterator[EngineAbandoned]:
        """The engine was returned: each caller that can be seen answers for what it got."""
        for place in found.places:
            if place.kind is not Kind.RETURN or place in seen or not isinstance(place.owner, FunctionInfo):
                continue
            seen.add(place)
            if place.owner.facts.is_generator or depth == 0:
                continue
            for module, call in self._handles.returning(place):
                yield from self._caller(place.owner, module, call, seen, depth)

    def _caller(
        self, helper: FunctionInfo, module: ModuleInfo, call: ast.Call, seen: set[Place], depth: int
    ) -> Iterator[EngineAbandoned]:
        tree = self._scene.tree(module)
        if tree is None:
            return
        scope = tree.scope(call)
        inner = self._handles.verdict(module, call, through_returns=False)
        if inner.fate is Fate.LOST:
            inner = self._handles.verdict(module, call)
        if inner.fate is Fate.MOVED:
            yield from self._callers(helper.facts.name, inner, seen, depth - 1)
        elif inner.fate is Fate.LOST and not self._runs_per_request(scope, call):
            yield from self._event(scope, module, call, helper.facts.name, inner, False)

    def _runs_per_request(self, scope: Scope, call: ast.Call) -> bool:
        """ASA101 speaks, at the constructor in the helper."""
        if not isinstance(scope, FunctionInfo) or self._caching.is_guarded(scope, call):
            return False
        return self._scene.roles.request_trail(scope, self._caching.runs_each_time) is not None

    def _event(
        self, scope: Scope, module: ModuleInfo, node: ast.Call, name: str, found: Verdict, cached: bool
    ) -> Iterator[EngineAbandoned]:
        if self._scene.roles.is_migration(module) or self._is_script(scope, module, node):
            return
        owner = _owner(found, scope, cached)
        lasting = owner == "module" or cached
        if lasting and (self._scene.roles.is_test(module) or not self._apps.serves(module)):
            return
        if self._may_be_disposed_by_base(found) or self._may_be_replaced(module):
            return
        if never_connects(self._scene, self._handles, found):
            return
        yield EngineAbandoned(
            span=self._scene.span(module, node),
            symbol=scope.symbol if isinstance(scope, FunctionInfo) else "",
            constructor=name,
            owner=owner,
        )

    def _may_be_replaced(self, module: ModuleInfo) -> bool:
        """A test that patches things may have put a mock in the place of the constructor."""
        return self._scene.roles.is_test(module) and (
            self._scene.project.mentions(module.path, _PATCHING)
            or any(each.imported == "patch" for each in self._scene.project.facts(module).bindings)
        )

    def _may_be_disposed_by_base(self, found: Verdict) -> bool:
        """A base class from outside may know the attribute."""
        for place in found.places:
            if place.kind is Kind.ATTRIBUTE and isinstance(place.owner, ClassInfo):
                for base in self._scene.project.mro(place.owner):
                    if isinstance(base, External) and base.name not in _PLAIN_BASES:
                        return True
        return False

    def _is_script(self, scope: Scope, module: ModuleInfo, node: ast.AST) -> bool:
        """Code of a process that ends with its work: command lines, main guards, seeders."""
        roles = self._scene.roles
        if roles.matches(module.path, _SCRIPT_FOLDERS + _SCRIPT_FILES):
            return True
        if not isinstance(scope, FunctionInfo):
            return self._scene.in_main_guard(module, node)
        if self._runs_server(scope):
            return False
        if self._scene.graph.trail(scope, self._starts_service) is not None:
            return False
        if self._scene.graph.trail(scope, self._starts_script) is not None:
            return True
        return self._scene.project.facts(module).main_guard is not None and not self._apps.made_in(module)

    def _runs_server(self, function: FunctionInfo) -> bool:
        """`engine = make_engine(); uvicorn.run(create_app(engine))`: the process of a service."""
        definition = self._scene.project.node(function)
        for each in iter_own(definition) if definition is not None else ():
            if isinstance(each, ast.Call):
                symbol = self._scene.inference.symbol(function, each.func)
                if isinstance(symbol, External) and symbol.name in SERVERS:
                    return True
        return False

    def _starts_script(self, function: FunctionInfo) -> bool:
        if self._scene.roles.has(function, Role.SCRIPT):
            return True
        for module, call in self._scene.graph.module_calls(function):
            if self._scene.begins_a_loop(module, call) or self._scene.in_main_guard(module, call):
                return True
        return False

    def _starts_service(self, function: FunctionInfo) -> bool:
        roles = self._scene.roles.of(function)
        return any(role not in {Role.SCRIPT, Role.MIGRATION} for role in roles)


def _owner(found: Verdict, scope: Scope, cached: bool) -> str:
    """The place that keeps the engine longest, in the words of the event."""
    kinds = {place.kind: place for place in reversed(found.places)}
    if Kind.MODULE in kinds or cached or (not found.places and isinstance(scope, ModuleInfo)):
        return "module"
    if Kind.STATE in kinds:
        return f"app.state.{kinds[Kind.STATE].name}"
    if Kind.ATTRIBUTE in kinds:
        return f"self.{kinds[Kind.ATTRIBUTE].name}"
    return "local variable"
