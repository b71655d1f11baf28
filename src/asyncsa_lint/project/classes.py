"""Base classes, method resolution order, members and subclasses.

Bases that can not be resolved are left out of `bases` and `mro`; `base_arguments` keeps
them as None, for callers that must know whether they see the whole class.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import dotted_name, parse
from asyncsa_lint.facts.records import Binding, Expr
from asyncsa_lint.project.recording import Tracked
from asyncsa_lint.project.symbols import ClassInfo, External, Symbol, ValueInfo

if TYPE_CHECKING:
    from asyncsa_lint.project.names import Project
    from asyncsa_lint.project.resolution import Scope

Base = ClassInfo | External
BaseArguments = tuple[tuple[Symbol | None, tuple[ast.expr, ...]], ...]

_OBJECT = External("builtins.object")
_Orders = Callable[[ClassInfo], tuple[Base, ...]]
"""The order of an ancestor; empty when it is not known yet."""


class Hierarchy:
    """Classes of a project and how they inherit from each other."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._arguments: Tracked[ClassInfo, BaseArguments] = Tracked(project.recorder)
        self._active: set[ClassInfo] = set()
        self._orders: Tracked[ClassInfo, tuple[Base, ...]] = Tracked(project.recorder)
        self._children: Tracked[ClassInfo, tuple[ClassInfo, ...]] = Tracked(project.recorder)

    def base_arguments(self, cls: ClassInfo) -> BaseArguments:
        """Each base as (symbol or None, generic arguments)."""
        known = self._arguments.known(cls)
        if known is not None:
            return known[0]
        memo = self._project.resolver.memo
        if cls in self._active:
            memo.cuts += 1
            return ()
        before = memo.cuts
        self._active.add(cls)
        try:
            found = self._arguments.compute(lambda: self._find_arguments(cls))
        finally:
            self._active.discard(cls)
        if memo.cuts == before or not self._active:
            self._arguments.remember(cls, found)
        return found[0]

    def _find_arguments(self, cls: ClassInfo) -> BaseArguments:
        scope = self._project.enclosing(cls)
        return tuple([self._base(cls, scope, base) for base in cls.facts.bases])

    def bases(self, cls: ClassInfo) -> tuple[Base, ...]:
        """The resolved bases, in order."""
        found = [symbol for symbol, _ in self.base_arguments(cls)]
        return tuple([base for base in found if isinstance(base, (ClassInfo, External))])

    def _base(self, cls: ClassInfo, scope: Scope, base: Expr) -> tuple[Symbol | None, tuple[ast.expr, ...]]:
        node, arguments = _split(parse(base))
        name = dotted_name(node)
        if name is None:
            return None, arguments
        symbol = self._project.resolve_in(scope, name)
        if symbol is cls:
            symbol = self._project.resolver.earlier(scope, name, cls.facts.line)
        if isinstance(symbol, ValueInfo) and not arguments:
            return self._generic_alias(symbol)
        return symbol, arguments

    def _generic_alias(self, value: ValueInfo) -> tuple[Symbol | None, tuple[ast.expr, ...]]:
        """`UserBase = Base[User]` as a base stands for `Base[User]`."""
        binding = value.bindings[-1]
        if len(value.bindings) > 1 or binding.value is None or binding.index is not None:
            return value, ()
        node, arguments = _split(parse(binding.value))
        name = dotted_name(node) if arguments else None
        symbol = self._project.resolve_in(value.owner or value.module, name) if name else None
        return (symbol, arguments) if isinstance(symbol, (ClassInfo, External)) else (value, ())

    def mro(self, cls: ClassInfo) -> tuple[Base, ...]:
        """Linearised ancestors, the class itself first."""
        known = self._orders.known(cls)
        if known is not None:
            return known[0]
        memo = self._project.resolver.memo
        before = memo.cuts
        orders, asked = self._orders.compute(lambda: self._linearise_all(cls))
        if memo.cuts == before or not self._active:
            for ancestor, order in orders.items():
                self._orders.remember(ancestor, (order, asked))
        return orders[cls]

    def _linearise_all(self, cls: ClassInfo) -> dict[ClassInfo, tuple[Base, ...]]:
        """The order of the class, and of those ancestors whose order was not known."""
        found: dict[ClassInfo, tuple[Base, ...]] = {}

        def orders(ancestor: ClassInfo) -> tuple[Base, ...]:
            known = None if ancestor in found else self._orders.known(ancestor)
            return found.get(ancestor, ()) if known is None else known[0]

        for ancestor in self._ancestors_first(cls, orders):
            found[ancestor] = self._linearise(ancestor, orders)
        return found

    def _ancestors_first(self, cls: ClassInfo, orders: _Orders) -> list[ClassInfo]:
        """The classes whose order is needed, each after its bases (where there is no cycle)."""
        postorder: list[ClassInfo] = []
        seen: set[ClassInfo] = set()
        stack: list[tuple[ClassInfo, bool]] = [(cls, False)]
        while stack:
            current, done = stack.pop()
            if done:
                postorder.append(current)
            elif current not in seen and not orders(current):
                seen.add(current)
                stack.append((current, True))
                bases = [base for base in self.bases(current) if isinstance(base, ClassInfo)]
                stack.extend((base, False) for base in reversed(bases))
        return postorder

    def _linearise(self, cls: ClassInfo, orders: _Orders) -> tuple[Base, ...]:
        bases = [base for base in dict.fromkeys(self.bases(cls)) if base is not cls and base != _OBJECT]
        sequences: list[list[Base]] = [
            list(orders(base) or (base,)) if isinstance(base, ClassInfo) else [base] for base in bases
        ]
        sequences = [[item for item in sequence if item is not cls] for sequence in sequences]
        merged = _merge([*sequences, list(bases)])
        if merged is None:  # no consistent order: Python would refuse the class
            merged = list(dict.fromkeys(item for sequence in sequences for item in sequence))
        return (cls, *merged)

    def member(self, cls: ClassInfo, name: str) -> tuple[ClassInfo, Binding] | None:
        """Where the class gets an attribute from, and its last binding there."""
        for base in self.mro(cls):
            if isinstance(base, ClassInfo):
                bindings = self._project.resolver.class_bindings(base, name)
                if bindings:
                    return base, bindings[-1]
        return None

    def is_subclass(self, cls: ClassInfo, external: frozenset[str]) -> bool:
        """Whether one of these outside classes is among the ancestors."""
        return any(isinstance(base, External) and base.name in external for base in self.mro(cls))

    def subclasses(self, cls: ClassInfo) -> tuple[ClassInfo, ...]:
        """Direct and indirect subclasses in the project, by file and line."""
        found: set[ClassInfo] = set()
        stack = [cls]
        while stack:
            for child in self._children_of(stack.pop()):
                if child not in found and child is not cls:
                    found.add(child)
                    stack.append(child)
        return tuple(sorted(found, key=lambda item: (item.module.path, item.facts.line, item.facts.column)))

    def _children_of(self, cls: ClassInfo) -> tuple[ClassInfo, ...]:
        """Direct subclasses: only files whose class statements mention one of its names are parsed."""
        return self._children.get(cls, lambda: self._find_children(cls))

    def _find_children(self, cls: ClassInfo) -> tuple[ClassInfo, ...]:
        return tuple(
            child
            for path in self._project.heirs(cls.facts.name)
            for child in self._project.classes_at(path)
            if cls in self.bases(child)
        )


def _split(node: ast.expr) -> tuple[ast.expr, tuple[ast.expr, ...]]:
    """`Base[A, B]` as `Base` and (`A`, `B`)."""
    if not isinstance(node, ast.Subscript):
        return node, ()
    arguments = node.slice
    return node.value, tuple(arguments.elts) if isinstance(arguments, ast.Tuple) else (arguments,)


def _merge(sequences: list[list[Base]]) -> list[Base] | None:
    """C3: repeatedly take the first head that is in no tail."""
    rest = [sequence[::-1] for sequence in sequences if sequence]
    in_tails = Counter(item for sequence in rest for item in sequence[:-1])
    merged: list[Base] = []
    while rest:
        head = next((sequence[-1] for sequence in rest if not in_tails[sequence[-1]]), None)
        if head is None:
            return None
        merged.append(head)
        for sequence in rest:
            if sequence[-1] == head:
                sequence.pop()
                if sequence:
                    in_tails[sequence[-1]] -= 1
        rest = [sequence for sequence in rest if sequence]
    return merged
