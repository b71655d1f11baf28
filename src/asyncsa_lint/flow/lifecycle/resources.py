"""What acquires a database resource, and what releases it: engines, pools, their owners."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from asyncsa_lint.flow.lifecycle.scene import CONSTRUCTOR_NEEDLES, Scene
from asyncsa_lint.knowledge.sqlalchemy import CONNECTION_CLASSES, ENGINE_CLASSES, SESSION_CLASSES
from asyncsa_lint.project.local_names import iter_own
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo
from asyncsa_lint.project.type_expressions import Kind

_POOLS = frozenset({"asyncpg.Pool", "asyncpg.pool.Pool"})
_DEPTH = 3


class Resources:
    """Answers about calls, memoised by function and class."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._owners: dict[ClassInfo, bool] = {}
        self._releasing: dict[FunctionInfo, bool] = {}
        self._building: dict[FunctionInfo, bool] = {}

    def acquires(self, function: FunctionInfo, node: ast.Call) -> bool:
        """Whether a call gives a new engine, pool, or an object that owns one."""
        made = self._scene.constructor(function, function.module, node)
        if made is not None:
            return made.is_async and not made.unpooled
        symbol = self._scene.inference.symbol(function, node.func)
        if isinstance(symbol, ClassInfo):
            return self.is_owner(symbol)
        return isinstance(symbol, FunctionInfo) and self._returns_new_engine(symbol)

    def is_owner(self, cls: ClassInfo) -> bool:
        """Whether the constructor of a class builds an engine."""
        known = self._owners.get(cls)
        if known is None:
            method = self._scene.project.method(cls, "__init__")
            known = self._owners[cls] = method is not None and self._builds(method)
        return known

    def _builds(self, function: FunctionInfo) -> bool:
        """Whether a function itself calls a constructor of an async engine."""
        known = self._building.get(function)
        if known is None:
            known = False
            if self._scene.project.mentions(function.module.path, CONSTRUCTOR_NEEDLES):
                made = self._scene.constructors(function.module)
                known = any(each.scope is function and each.is_async and not each.unpooled for each in made)
            self._building[function] = known
        return known

    def _returns_new_engine(self, function: FunctionInfo) -> bool:
        if not self._builds(function):
            return False
        node = self._scene.project.node(function)
        for each in iter_own(node) if node is not None else ():
            if isinstance(each, ast.Return) and each.value is not None:
                kind = self._scene.inference.instance(function, each.value)
                if isinstance(kind, External) and kind.name in ENGINE_CLASSES | _POOLS:
                    return True
        return False

    def releases(self, function: FunctionInfo, node: ast.Call) -> bool:
        """Whether a call `x.dispose()`, `pool.close()`, `database.close()` ends an engine's life."""
        symbol = self._scene.inference.symbol(function, node.func)
        if isinstance(symbol, FunctionInfo) and not symbol.facts.owner:
            return bool(self.released_by(symbol))
        if not isinstance(node.func, ast.Attribute):
            return False
        kind = self._scene.inference.instance(function, node.func.value)
        if isinstance(kind, External):
            if node.func.attr == "dispose":
                return kind.name in ENGINE_CLASSES
            if kind.name in SESSION_CLASSES | CONNECTION_CLASSES:
                return node.func.attr in {"close", "aclose"} and self._opens(function, node.func.value)
            return node.func.attr == "close" and kind.name in _POOLS
        method = self._scene.project.method(kind, node.func.attr) if isinstance(kind, ClassInfo) else None
        if kind is None and node.func.attr == "dispose":
            return self._is_engine_assigned(function, node.func.value)
        return method is not None and self.runs_release(method, 1)

    def _opens(self, function: FunctionInfo, node: ast.expr) -> bool:
        """Whether the function itself made the session or connection, and entered it nowhere."""
        if not isinstance(node, ast.Name) or self._scene.inference.local_scope(function, node.id) != function:
            return False
        names = self._scene.inference.locals(function)
        values = [each.value if isinstance(each, ast.Await) else each for each in names.values(node.id)]
        if not values or names.entered(node.id) or self._scene.inference.parameter(function, node.id):
            return False
        return all(isinstance(each, ast.Call) and not _enters(each) for each in values)

    def _is_engine_assigned(self, function: FunctionInfo, node: ast.expr) -> bool:
        """`app.state.engine`, to which the same function assigned an engine."""
        definition = self._scene.project.node(function)
        spelled = ast.dump(node).replace("Store()", "Load()")
        for each in iter_own(definition) if definition is not None else ():
            if not isinstance(each, ast.Assign) or not isinstance(each.value, ast.Call):
                continue
            if any(ast.dump(target).replace("Store()", "Load()") == spelled for target in each.targets):
                return self.acquires(function, each.value)
        return False

    def runs_release(self, function: FunctionInfo, depth: int = _DEPTH) -> bool:
        """Whether a function releases an engine or pool, itself or through what it calls."""
        if function in self._releasing:
            return self._releasing[function]
        self._releasing[function] = False
        found = self._releases_itself(function)
        if not found and depth > 0:
            found = any(
                self.runs_release(site.target, depth - 1) for site in self._scene.graph.callees(function)
            )
        self._releasing[function] = found
        return found

    def _releases_itself(self, function: FunctionInfo) -> bool:
        return any(
            kind is None or (isinstance(kind, External) and kind.name in ENGINE_CLASSES)
            for _, kind in self._disposed(function)
        )

    def released_by(self, function: FunctionInfo) -> str:
        """Source of what a function itself disposes if that is known to be an engine, or empty."""
        for node, kind in self._disposed(function):
            source = self._scene.project.places(function.module.path)
            if isinstance(kind, External) and kind.name in ENGINE_CLASSES and source is not None:
                return source.segment(node)
        return ""

    def _disposed(self, function: FunctionInfo) -> Iterator[tuple[ast.expr, Kind | None]]:
        """Each `x` of an `x.dispose()` in a function, and its class."""
        if "dispose" not in self._scene.project.calls(function):
            return
        node = self._scene.project.node(function)
        for each in iter_own(node) if node is not None else ():
            if (
                isinstance(each, ast.Call)
                and isinstance(each.func, ast.Attribute)
                and each.func.attr == "dispose"
            ):
                yield each.func.value, self._scene.inference.instance(function, each.func.value)

    def touches(self, function: FunctionInfo, depth: int = _DEPTH) -> bool:
        """Whether a function builds or releases an engine, itself or through what it calls."""
        if self._builds(function) or self.runs_release(function):
            return True
        if depth == 0:
            return False
        return any(self.touches(site.target, depth - 1) for site in self._scene.graph.callees(function))


def _enters(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr.startswith("enter")
