"""ASA101: engines and pools that are made, or thrown away, for every request or call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.findings import Related
from asyncsa_lint.flow.events import EngineCreated
from asyncsa_lint.flow.lifecycle.addresses import Addresses
from asyncsa_lint.flow.lifecycle.caching import Caching
from asyncsa_lint.flow.lifecycle.handles import Handles, Kind, Place
from asyncsa_lint.flow.lifecycle.scene import CONSTRUCTOR_NEEDLES, Constructor, Scene
from asyncsa_lint.project.callgraph import CallSite
from asyncsa_lint.project.inference import ASYNC_ENGINE
from asyncsa_lint.project.local_names import iter_own, place_of
from asyncsa_lint.project.registrations import Role
from asyncsa_lint.project.symbols import External, FunctionInfo, ModuleInfo, Symbol, ValueInfo

_BEGINNINGS = frozenset({"__init__", "__aenter__", "__enter__", "__new__", "__post_init__"})
_DATA_ACCESS = "data-access method"
_DEPTH = 3
"""Steps from a disposal to where the engine is kept."""


class PerRequest:
    """Which constructors run per request; asked by the check for disposal as well."""

    def __init__(self, scene: Scene, caching: Caching, handles: Handles) -> None:
        self._scene = scene
        self._caching = caching
        self._handles = handles
        self._addresses = Addresses(scene)
        self._kept: frozenset[Place] | None = None
        self._known: dict[Constructor, tuple[str, tuple[Related, ...]] | None] = {}

    def events(self, module: ModuleInfo) -> Iterator[EngineCreated]:
        """Constructors and disposals of a module that run per request."""
        for constructor in self._scene.constructors(module):
            found = self.found(constructor)
            if found is not None:
                yield EngineCreated(
                    span=self._scene.span(module, constructor.node),
                    symbol=constructor.function.symbol if constructor.function is not None else "",
                    trail=found[1],
                    constructor=constructor.name,
                    context=found[0],
                    per_request=True,
                    disposed_here=self._disposed_here(constructor),
                )
        if self._scene.project.mentions(module.path, (b".dispose",)):
            yield from self._disposals(module)

    def found(self, constructor: Constructor) -> tuple[str, tuple[Related, ...]] | None:
        """In what role of the framework it runs again and again, and how it gets there."""
        if constructor not in self._known:
            self._known[constructor] = self._judge(constructor)
        return self._known[constructor]

    def _judge(self, constructor: Constructor) -> tuple[str, tuple[Related, ...]] | None:
        function = constructor.function
        if constructor.unpooled:
            return None
        if function is None:
            return self._in_lambda(constructor)
        if self._is_exempt(function):
            return None
        if self._caching.is_cached(function) or self._caching.is_guarded(function, constructor.node):
            return None
        own = self._scene.roles.request_role(function) is not None
        if self._connects_elsewhere(constructor):
            return None
        if not own and self._caching.is_conditional(function, constructor.node):
            return None
        found = self._way(function)
        if found is not None:
            return found
        if self._is_data_access(function) and not self._is_kept(constructor):
            return _DATA_ACCESS, ()
        return None

    def _in_lambda(self, constructor: Constructor) -> tuple[str, tuple[Related, ...]] | None:
        """`Depends(lambda: create_async_engine(...))`."""
        for _, node in self._scene.roles.lambdas(constructor.module):
            if any(
                place_of(each) == place_of(constructor.node)
                for each in walk(node.body)
                if isinstance(each, ast.Call)
            ):
                step = self._scene.step(constructor.module, node, "the dependency runs for every request")
                return str(Role.DEPENDENCY), (step,)
        return None

    def _is_exempt(self, function: FunctionInfo) -> bool:
        roles = self._scene.roles
        if roles.is_test(function.module) or roles.is_migration(function.module):
            return True
        return any(fnmatchcase(function.facts.name, each) for each in self._scene.config.bootstrap_functions)

    def _way(self, function: FunctionInfo) -> tuple[str, tuple[Related, ...]] | None:
        """The request that leads to a function through calls that each run makes."""
        roles = self._scene.roles
        sites = self._scene.graph.trail(
            function, lambda each: roles.request_role(each) is not None, self._leads_on
        )
        if sites is None:
            return None
        first = sites[0].caller if sites else function
        role = roles.request_role(first)
        trail = [Related(self._scene.name_span(first), f"{role} `{first.symbol}` runs for every request")]
        trail += [
            self._scene.step(site.caller.module, site.node, f"`{site.target.symbol}` is called here")
            for site in sites
        ]
        return str(role), tuple(trail)

    def _leads_on(self, site: CallSite) -> bool:
        """Not into another event loop: connections of the engine that all share do not work there."""
        if self._scene.begins_a_loop(site.caller, site.node):
            return False
        if self._is_exempt(site.caller) or self._is_exempt(site.target):
            return False
        is_start = self._scene.roles.request_role(site.caller) is not None
        if not is_start and self._caching.is_conditional(site.caller, site.node):
            return False
        return self._caching.runs_each_time(site)

    def _is_data_access(self, function: FunctionInfo) -> bool:
        owner = self._scene.project.owner(function)
        if owner is None or function.facts.name in _BEGINNINGS:
            return False
        for pattern in self._scene.config.repository_patterns:
            if pattern.endswith("/"):
                if self._scene.roles.matches(function.module.path, (pattern,)):
                    return True
            elif fnmatchcase(owner.facts.name, pattern):
                return not self._serves_a_beginning(function)
        return False

    def _serves_a_beginning(self, function: FunctionInfo) -> bool:
        """Whether only the constructor of the object calls the method."""
        callers = self._scene.graph.callers(function)
        return any(site.caller.facts.name in _BEGINNINGS for site in callers)

    def _is_kept(self, constructor: Constructor) -> bool:
        places = self._handles.first_places(constructor)
        return any(place.kind is not Kind.LOCAL and place.kind is not Kind.RETURN for place in places)

    def _connects_elsewhere(self, constructor: Constructor) -> bool:
        """An engine for the address that a caller gave, disposed after use: a connection test."""
        function = constructor.function
        first = constructor.node.args[0] if constructor.node.args else None
        if function is None or first is None or not self._disposed_here(constructor):
            return False
        return self._addresses.is_given(function, first)

    def _disposed_here(self, constructor: Constructor) -> bool:
        function = constructor.function
        places = self._handles.first_places(constructor)
        local = [place for place in places if place.kind is Kind.LOCAL]
        return function is not None and any(self._handles.is_disposed_in(place, function) for place in local)

    # -- disposal

    def _disposals(self, module: ModuleInfo) -> Iterator[EngineCreated]:
        for function in self._scene.project.functions(module):
            if "dispose" not in self._scene.project.calls(function) or self._is_exempt(function):
                continue
            for node in self._shared_disposals(function):
                found = self._way(function)
                if found is not None:
                    yield EngineCreated(
                        span=self._scene.span(module, node),
                        symbol=function.symbol,
                        trail=found[1],
                        constructor=self._spelling(module, node),
                        context=found[0],
                        per_request=True,
                    )

    def _shared_disposals(self, function: FunctionInfo) -> Iterator[ast.Call]:
        """`await engine.dispose()` where the engine belongs to the process."""
        tree = self._scene.tree(function.module)
        definition = self._scene.project.node(function)
        for node in iter_own(definition) if definition is not None else ():
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr != "dispose" or tree is None:
                continue
            if any(isinstance(above, ast.ExceptHandler) for above in tree.ancestors(node)):
                continue
            if self._is_shared(function, node.func.value):
                yield node

    def _is_shared(self, function: FunctionInfo, node: ast.expr) -> bool:
        kind = self._scene.inference.instance(function, node)
        if isinstance(kind, External) and kind != ASYNC_ENGINE and "Engine" not in kind.name:
            return False
        if isinstance(node, ast.Name):
            values = self._scene.inference.locals(function).values(node.id)
            if values:
                return len(values) == 1 and self._is_kept_elsewhere(function, values[0])
        if kind is None:
            return self._handles.place(function, node) in self._states()
        return self._is_kept_elsewhere(function, node)

    def _states(self) -> frozenset[Place]:
        """Names on `app.state` that engines are put under."""
        if self._kept is None:
            constructors = (
                each
                for module in self._scene.modules(CONSTRUCTOR_NEEDLES)
                for each in self._scene.constructors(module)
            )
            places = (place for each in constructors for place in self._handles.first_places(each))
            self._kept = frozenset(place for place in places if place.kind is Kind.STATE)
        return self._kept

    def _is_kept_elsewhere(self, function: FunctionInfo, node: ast.expr, depth: int = _DEPTH) -> bool:
        """Whether the process keeps what an expression gives, be it through a dependency or a getter."""
        if self._is_shared_place(self._handles.place(function, node)):
            return True
        if isinstance(node, ast.Attribute):
            holder = self._scene.inference.symbol(function, node.value)
            return isinstance(holder, ValueInfo) and holder.owner is None
        giver: Symbol | None = None
        if isinstance(node, ast.Name):
            parameter = self._scene.inference.parameter(function, node.id)
            giver = self._addresses.provider(function, parameter) if parameter is not None else None
        elif isinstance(node, ast.Call):
            giver = self._scene.inference.symbol(function, node.func)
        if not isinstance(giver, FunctionInfo) or depth == 0:
            return False
        results = list(self._addresses.results(giver))
        return self._caching.is_cached(giver) or (
            bool(results) and all(self._is_kept_elsewhere(giver, each, depth - 1) for each in results)
        )

    def _is_shared_place(self, place: Place | None) -> bool:
        return place is not None and place.kind in {Kind.STATE, Kind.MODULE}

    def _spelling(self, module: ModuleInfo, node: ast.Call) -> str:
        source = self._scene.project.places(module.path)
        return source.segment(node.func) if source is not None else "dispose"
