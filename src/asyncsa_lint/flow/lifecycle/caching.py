"""Which calls happen at most once per process although they stand in a function.

    def get_engine() -> AsyncEngine:
        global _engine
        if _engine is None:                        # looks at a lasting place
            _engine = create_async_engine(URL)     # the call; its value goes to that place
        return _engine

A call is cached when the function is decorated with a cache, or when a test that looks at
a place which outlives the call (global, attribute, container of the module, `app.state`)
stands around it or leaves before it, and that place is filled in the same function or in
the function called. A local variable is no lasting place, and a place that is filled but
never looked at is no cache.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.flow.lifecycle.scene import Scene
from asyncsa_lint.knowledge.frameworks import CACHES
from asyncsa_lint.project.callgraph import CallSite
from asyncsa_lint.project.local_names import iter_own
from asyncsa_lint.project.symbols import FunctionInfo

Lasting = tuple[str, str]
"""("global", name) or ("attribute", name)."""

_LEAVING = (ast.Return, ast.Raise, ast.Continue)
_DEPTH = 3


class Caching:
    """Answers for calls of one project."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._filled: dict[FunctionInfo, frozenset[Lasting]] = {}
        self._decorated: dict[FunctionInfo, bool] = {}

    def is_cached(self, function: FunctionInfo) -> bool:
        """Whether the function is decorated with a cache."""
        known = self._decorated.get(function)
        if known is None:
            names = self._scene.inference.decorators(function)
            known = self._decorated[function] = any(name in CACHES for name in names)
        return known

    def runs_each_time(self, site: CallSite) -> bool:
        """Whether each run of the caller makes the call."""
        return not self.is_cached(site.caller) and not self.is_guarded(site.caller, site.node, site.target)

    def is_guarded(self, function: FunctionInfo, node: ast.expr, target: FunctionInfo | None = None) -> bool:
        """Whether the call runs only while a lasting place is still empty."""
        tree = self._scene.tree(function.module)
        if tree is None:
            return False
        looked_at: set[Lasting] = set()
        for test in self._tests(function, node):
            looked_at |= self._read(function, test)
        if not looked_at:
            return False
        filled = set(self.filled(function))
        if target is not None:
            filled |= self._filled_by(target, _DEPTH)
        return not looked_at.isdisjoint(filled)

    def is_conditional(self, function: FunctionInfo, node: ast.expr) -> bool:
        """Whether a test of what the caller gave, or of the object's state, stands around the call.

        Then a path that leads to the function does not show that it makes the call.
        """
        tree = self._scene.tree(function.module)
        definition = self._scene.project.node(function)
        given = {parameter.name for parameter in function.facts.parameters}
        inner = tree.own(node) if tree is not None else node
        for above in tree.ancestors(inner) if tree is not None else ():
            if above is definition:
                return False
            tests: list[ast.expr] = []
            if isinstance(above, ast.If | ast.IfExp) and inner is not above.test:
                tests = [above.test]
            elif isinstance(above, ast.BoolOp):
                tests = above.values[: above.values.index(inner)] if inner in above.values else []
            if any(isinstance(each, ast.Name) and each.id in given for test in tests for each in walk(test)):
                return True
            inner = above
        return False

    def _tests(self, function: FunctionInfo, node: ast.expr) -> Iterator[ast.expr]:
        """Conditions around a node, and those before it after which the function may have left."""
        tree = self._scene.tree(function.module)
        definition = self._scene.project.node(function)
        inner = tree.own(node) if tree is not None else node
        for above in tree.ancestors(inner) if tree is not None else ():
            if isinstance(above, ast.If | ast.While | ast.IfExp):
                yield above.test
            elif isinstance(above, ast.BoolOp):
                yield from [value for value in above.values if value is not inner]
            elif isinstance(above, ast.ExceptHandler):
                parent = tree.parent(above) if tree is not None else None
                if isinstance(parent, ast.Try):
                    yield from _expressions(parent.body)
            for block in _blocks(above):
                if any(inner is each for each in block):
                    yield from _left_before(block, inner)
            if above is definition:
                return
            inner = above

    def _read(self, function: FunctionInfo, test: ast.expr, depth: int = 0) -> set[Lasting]:
        """Lasting places that an expression looks at, through local variables."""
        found: set[Lasting] = set()
        names = self._scene.inference.locals(function)
        for each in walk(test):
            if isinstance(each, ast.Attribute):
                found.add(("attribute", each.attr))
            elif isinstance(each, ast.Name):
                if each.id not in names.bound and self._scene.inference.parameter(function, each.id) is None:
                    found.add(("global", each.id))
                elif depth < _DEPTH:
                    for value in names.values(each.id):
                        found |= self._read(function, value, depth + 1)
            elif isinstance(each, ast.Constant) and isinstance(each.value, str):
                found.add(("attribute", each.value))
        return found

    def filled(self, function: FunctionInfo) -> frozenset[Lasting]:
        """Lasting places to which the function assigns."""
        known = self._filled.get(function)
        if known is None:
            node = self._scene.project.node(function)
            names = self._scene.inference.locals(function)
            found: set[Lasting] = set()
            for each in iter_own(node) if node is not None else ():
                for target in _targets(each):
                    base = target
                    while isinstance(base, ast.Subscript):
                        base = base.value
                    if isinstance(base, ast.Attribute):
                        found.add(("attribute", base.attr))
                    elif isinstance(base, ast.Name) and base.id not in names.bound:
                        found.add(("global", base.id))
                found.update(_set_by_call(each))
            known = self._filled[function] = frozenset(found)
        return known

    def _filled_by(self, function: FunctionInfo, depth: int) -> set[Lasting]:
        found = set(self.filled(function))
        if depth:
            for site in self._scene.graph.callees(function):
                found |= self._filled_by(site.target, depth - 1)
        return found


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        flat = [each.elts if isinstance(each, ast.Tuple) else [each] for each in node.targets]
        return [target for group in flat for target in group]
    return [node.target] if isinstance(node, ast.AnnAssign) and node.value is not None else []


def _set_by_call(node: ast.AST) -> Iterator[Lasting]:
    """`setattr(app.state, "engine", e)`, `engines.setdefault(key, e)`, `cache.set(e)`."""
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name) and node.func.id == "setattr" and len(node.args) > 1:
        name = node.args[1]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield ("attribute", name.value)
    elif isinstance(node.func, ast.Attribute) and node.func.attr in {"setdefault", "set", "update", "append"}:
        base = node.func.value
        if isinstance(base, ast.Attribute):
            yield ("attribute", base.attr)
        elif isinstance(base, ast.Name):
            yield ("global", base.id)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block


def _left_before(block: list[ast.stmt], inner: ast.AST) -> Iterator[ast.expr]:
    """Tests of earlier statements of a block that may have left the function."""
    for statement in block:
        if statement is inner:
            return
        if isinstance(statement, ast.If) and _leaves(statement.body):
            yield statement.test
        elif isinstance(statement, ast.Try) and _leaves(statement.body):
            yield from _expressions(statement.body)
        elif isinstance(statement, ast.With | ast.AsyncWith):
            yield from [
                each.test for each in statement.body if isinstance(each, ast.If) and _leaves(each.body)
            ]


def _leaves(block: list[ast.stmt]) -> bool:
    return bool(block) and isinstance(block[-1], _LEAVING)


def _expressions(block: list[ast.stmt]) -> Iterator[ast.expr]:
    for statement in block:
        value = getattr(statement, "value", None)
        if isinstance(value, ast.expr):
            yield value
