"""Which functions of the project call each other, as far as names and types tell.

    async def total(self) -> int:
        return await self.gateway.total()     # edge to Gateway.total

An edge is a `CallSite`: a call, a constructor (`Gateway()` calls `Gateway.__init__`), a
property that is read, a function handed to something that calls it (`to_thread(work)`), a
dependency in the signature. Callees are computed per function when asked for; callers are
found from the names a file mentions, so that a search upwards from one function reads
only the files it leads through. A call that can not be resolved is no edge.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.knowledge.frameworks import CALLERS_OF_ARGUMENTS
from asyncsa_lint.project.inference import Inference
from asyncsa_lint.project.local_names import is_property, iter_own
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo, ModuleInfo

_MANY = 300
"""Candidates for callers of a method above which only files that name its class count."""
_BY_CLASS = frozenset({"__init__", "__post_init__", "__new__", "__call__"})
"""Methods that run when the class, or an instance, is called."""
_MAX_STEPS = 4000
"""Functions looked at in one search upwards."""


@dataclass(frozen=True, slots=True, eq=False)
class CallSite:
    """One function calls another here; `node` is the call, or what stands for it."""

    caller: FunctionInfo
    target: FunctionInfo
    node: ast.expr


class CallGraph:
    """Edges between the functions of a project, lazily and memoised."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._project = inference.project
        self._callees: dict[FunctionInfo, tuple[CallSite, ...]] = {}
        self._callers: dict[FunctionInfo, tuple[CallSite, ...]] = {}
        self._module_level: dict[str, dict[str, list[ast.Call]]] = {}
        self._module_callers: dict[FunctionInfo, list[tuple[ModuleInfo, ast.Call]]] = {}

    # -- downwards

    def callees(self, function: FunctionInfo) -> tuple[CallSite, ...]:
        """Calls in the body of a function, lambdas included, nested functions not."""
        known = self._callees.get(function)
        if known is None:
            known = self._callees[function] = tuple(self._find_callees(function))
        return known

    def _find_callees(self, function: FunctionInfo) -> Iterator[CallSite]:
        node = self._project.node(function)
        if node is None:
            return
        for each in iter_own(node, lambdas=True):
            if isinstance(each, ast.Call):
                for target in self.called(function, each):
                    yield CallSite(function, target, each)
            elif isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Load):
                found = self._inference.symbol(function, each)
                if isinstance(found, FunctionInfo) and is_property(found):
                    yield CallSite(function, found, each)
            elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
                nested = self._project.function(function.module, f"{function.facts.qualname}.{each.id}")
                if nested is not None:
                    yield CallSite(function, nested, each)
        yield from self._dependencies(function)

    def _dependencies(self, function: FunctionInfo) -> Iterator[CallSite]:
        scope = self._project.enclosing(function)
        for parameter in function.facts.parameters:
            for expr in (parameter.default, parameter.annotation):
                if expr is None or "(" not in expr.text:
                    continue
                for each in walk(parse(expr)):
                    target = self._inference.dependency(scope, each) if isinstance(each, ast.Call) else None
                    if isinstance(each, ast.Call) and isinstance(target, ClassInfo | FunctionInfo):
                        for called in self._runs(target):
                            yield CallSite(function, called, each)

    def called(self, scope: Scope, node: ast.Call) -> list[FunctionInfo]:
        """Functions that a call runs: what it names, and what it hands to something that calls it."""
        found = self._inference.symbol(scope, node.func)
        targets: list[FunctionInfo] = []
        if isinstance(found, FunctionInfo | ClassInfo):
            targets += self._runs(found)
        else:
            kind = self._inference.instance(scope, node.func)
            method = self._project.method(kind, "__call__") if isinstance(kind, ClassInfo) else None
            targets += [method] if method is not None else []
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in CALLERS_OF_ARGUMENTS and not isinstance(found, FunctionInfo):
            for argument in node.args:
                handed = self._inference.symbol(scope, argument)
                targets += [handed] if isinstance(handed, FunctionInfo) else []
        return targets

    def _runs(self, found: FunctionInfo | ClassInfo) -> list[FunctionInfo]:
        if isinstance(found, FunctionInfo):
            return [found]
        names = ("__init__", "__post_init__", "__new__")
        return [method for name in names if (method := self._project.method(found, name)) is not None]

    # -- upwards

    def callers(self, function: FunctionInfo) -> tuple[CallSite, ...]:
        """Calls of a function anywhere in the project."""
        known = self._callers.get(function)
        if known is None:
            sites = [site for each in self._candidates(function) for site in self.callees(each)]
            known = tuple(site for site in sites if site.target is function)
            self._callers[function] = known
        return known

    def module_calls(self, function: FunctionInfo) -> list[tuple[ModuleInfo, ast.Call]]:
        """Calls of a function at the top level of modules."""
        known = self._module_callers.get(function)
        if known is None:
            known = self._module_callers[function] = [
                (module, call)
                for name in self._called_names(function)
                for module in self._mentioning(name)
                for word in sorted(self._project.known_as(module, name))
                for call in self._top_level(module).get(word, ())
                if function in self.called(module, call)
            ]
        return known

    def _top_level(self, module: ModuleInfo) -> dict[str, list[ast.Call]]:
        """Calls at the top level of a module, by the last name of what they call or are handed."""
        known = self._module_level.get(module.path)
        if known is None:
            known = self._module_level[module.path] = {}
            source = self._project.source(module.path)
            for each in iter_own(source.tree) if source is not None else ():
                if isinstance(each, ast.Call):
                    for name in _last_names([each.func, *each.args]):
                        known.setdefault(name, []).append(each)
        return known

    def _candidates(self, function: FunctionInfo) -> list[FunctionInfo]:
        """Functions that mention a name under which the function may be called."""
        reads = is_property(function)
        found: dict[FunctionInfo, None] = {}
        for name in self._called_names(function):
            for module in self._mentioning(name):
                names = self._project.known_as(module, name)
                for each in self._project.functions(module):
                    if reads or self._uses(each, names) or any(_mentions(names, each)):
                        found[each] = None
        return self._fewer(function, list(found))

    def _called_names(self, function: FunctionInfo) -> list[str]:
        """The name by which a function is called: those of its class and subclasses for a constructor."""
        owner = self._project.owner(function)
        if owner is None or function.facts.name not in _BY_CLASS:
            return [function.facts.name]
        return sorted({cls.facts.name for cls in (owner, *self._project.subclasses(owner))})

    def _fewer(self, function: FunctionInfo, found: list[FunctionInfo]) -> list[FunctionInfo]:
        owner = self._project.owner(function)
        if owner is not None and len(found) > _MANY:
            known = {module.path for module in self._mentioning(owner.facts.name)}
            found = [each for each in found if each.module.path in known]
        return found

    def _uses(self, function: FunctionInfo, names: frozenset[str]) -> bool:
        calls = self._project.calls(function)
        return not names.isdisjoint(calls) or not names.isdisjoint(self._project.names(function))

    def _mentioning(self, name: str) -> list[ModuleInfo]:
        paths = self._project.mentioning((name.encode(),))
        return [module for path in paths if (module := self._project.module_at(path)) is not None]

    def trail(
        self,
        function: FunctionInfo,
        accept: Callable[[FunctionInfo], bool],
        through: Callable[[CallSite], bool] = lambda site: True,
    ) -> tuple[CallSite, ...] | None:
        """A shortest chain of calls to a function from one that is accepted; empty when it is itself.

        `through` says which calls may be part of the chain.
        """
        if accept(function):
            return ()
        ways: dict[FunctionInfo, CallSite | None] = {function: None}
        queue = deque([function])
        while queue and len(ways) < _MAX_STEPS:
            current = queue.popleft()
            for site in self.callers(current):
                if site.caller in ways or not through(site):
                    continue
                ways[site.caller] = site
                if accept(site.caller):
                    return _chain(site, ways)
                queue.append(site.caller)
        return None


def _chain(site: CallSite, ways: dict[FunctionInfo, CallSite | None]) -> tuple[CallSite, ...]:
    chain = []
    following: CallSite | None = site
    while following is not None:
        chain.append(following)
        following = ways[following.target]
    return tuple(chain)


def _last_names(nodes: list[ast.expr]) -> set[str]:
    found = {each.attr for each in nodes if isinstance(each, ast.Attribute)}
    return found | {each.id for each in nodes if isinstance(each, ast.Name)}


def _mentions(names: frozenset[str], function: FunctionInfo) -> Iterator[bool]:
    """Whether the signature names it: dependencies stand there."""
    for parameter in function.facts.parameters:
        for expr in (parameter.default, parameter.annotation):
            if expr is not None and "(" in expr.text:
                yield any(name in expr.text for name in names)
