"""What the body of one function binds, without regard to order.

Nested functions, lambdas and classes are scopes of their own and are not entered.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from asyncsa_lint.facts.nodes import children
from asyncsa_lint.project.symbols import FunctionInfo

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_MAX_CHAIN = 24
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(slots=True)
class LocalNames:
    """Bindings by name; `bound` holds every name that is a local variable."""

    bound: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    """Declared `global` or `nonlocal`."""
    _values: dict[str, list[ast.expr]] = field(default_factory=dict)
    _annotations: dict[str, list[ast.expr]] = field(default_factory=dict)
    _entered: dict[str, list[ast.expr]] = field(default_factory=dict)

    def values(self, name: str) -> list[ast.expr]:
        """Expressions assigned to the name."""
        return self._values.get(name, [])

    def annotations(self, name: str) -> list[ast.expr]:
        """Annotations of the name."""
        return self._annotations.get(name, [])

    def entered(self, name: str) -> list[ast.expr]:
        """Context managers whose value the name is bound to."""
        return self._entered.get(name, [])

    def add(self, node: ast.AST) -> None:
        """Take note of what a statement or expression binds."""
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind(target, node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            self.bound.add(node.target.id)
            self._annotations.setdefault(node.target.id, []).append(node.annotation)
            if node.value is not None:
                self._bind(node.target, node.value)
        elif isinstance(node, ast.NamedExpr):
            self._bind(node.target, node.value)
        elif isinstance(node, ast.withitem):
            if isinstance(node.optional_vars, ast.Name):
                self.bound.add(node.optional_vars.id)
                self._entered.setdefault(node.optional_vars.id, []).append(node.context_expr)
            elif node.optional_vars is not None:
                self._bind(node.optional_vars, None)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.AugAssign):
            self._bind(node.target, None)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            self.bound.add(node.name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            self.globals.update(node.names)

    def _bind(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self.bound.add(target.id)
            if value is not None:
                self._values.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple | ast.List):
            elements = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            paired = elements if len(elements) == len(target.elts) else [None] * len(target.elts)
            for each, part in zip(target.elts, paired, strict=True):
                self._bind(each, part)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, None)


def local_names(node: FunctionNode | None) -> LocalNames:
    """Bindings in the body of a function."""
    names = LocalNames()
    if node is not None:
        for each in iter_own(node):
            names.add(each)
    names.bound -= names.globals
    return names


def iter_own(node: ast.AST, lambdas: bool = False) -> Iterator[ast.AST]:
    """Nodes of a body in order of the text, those of nested scopes left out (lambdas if wanted)."""
    stack: list[ast.AST] = [node]
    if isinstance(node, ast.Lambda):
        stack = [node.body]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
        stack = list(reversed(node.body))
    while stack:
        item = stack.pop()
        if isinstance(item, _SCOPES) and not (lambdas and isinstance(item, ast.Lambda)):
            continue
        yield item
        stack.extend(reversed(children(item)))


def receiver_assignments(
    function: FunctionInfo, node: FunctionNode | None
) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    """(name, annotation, value) of each `self.name = value` in a method."""
    parameters = function.facts.parameters
    if node is None or not parameters:
        return
    first = parameters[0].name
    for each in iter_own(node):
        if isinstance(each, ast.AnnAssign):
            yield from _receiver_targets(first, each.target, each.annotation, each.value)
        elif isinstance(each, ast.Assign):
            for target in each.targets:
                yield from _receiver_targets(first, target, None, each.value)


def _receiver_targets(
    first: str, target: ast.expr, annotation: ast.expr | None, value: ast.expr | None
) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    if isinstance(target, ast.Tuple):
        elements = value.elts if isinstance(value, ast.Tuple) else []
        same = len(elements) == len(target.elts)
        for index, each in enumerate(target.elts):
            yield from _receiver_targets(first, each, None, elements[index] if same else None)
    elif isinstance(target, ast.Attribute) and _is_name(target.value, first):
        yield target.attr, annotation, value


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def is_class_method(function: FunctionInfo) -> bool:
    """Whether the first parameter is the class."""
    named = function.facts.name in {"__new__", "__init_subclass__", "__class_getitem__"}
    return named or any(each.text == "classmethod" for each in function.facts.decorators)


def is_static_method(function: FunctionInfo) -> bool:
    """Whether the first parameter is not the instance."""
    return any(each.text == "staticmethod" for each in function.facts.decorators)


def is_property(function: FunctionInfo) -> bool:
    """Whether reading the attribute calls the function."""
    return any(
        each.text.rpartition(".")[2] in {"property", "cached_property", "setter"}
        for each in function.facts.decorators
    )


def place_of(node: ast.expr) -> tuple[int, int, int | None, int | None]:
    """Where an expression stands; the same for every parse of the file."""
    return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


def is_long(node: ast.expr) -> bool:
    """Whether it is a chain too long to be followed: a query, or generated code."""
    for _ in range(_MAX_CHAIN):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            node = node.value
        else:
            return False
    return True
