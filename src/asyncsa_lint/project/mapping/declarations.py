"""What the right-hand side of a class attribute says: the words of the answer.

See `evaluator` for how it is found.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from asyncsa_lint.facts.expressions import dotted_name
from asyncsa_lint.facts.nodes import children
from asyncsa_lint.facts.records import Binding, BindingKind
from asyncsa_lint.project.resolution import Scope


class Unknown:
    """The value can not be told without running the program."""


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """An expression and where its names are to be looked up."""

    node: ast.expr
    scope: Scope
    arguments: Mapping[str, Located | None] = field(default_factory=dict)
    """Parameters of the helper function it stands in; None: bound to something unknown."""
    steps: int = 0

    def at(self, node: ast.expr) -> Located:
        """Another expression of the same place."""
        return Located(node, self.scope, self.arguments, self.steps)


@dataclass(frozen=True, slots=True, eq=False)
class Declaration:
    """A call that declares something, with its arguments collected."""

    name: str
    """What is called: dotted external name, `sqlalchemy.orm.relationship`."""
    positional: tuple[Located, ...]
    keywords: Mapping[str, Located]
    complete: bool
    """False when `*args` or `**kwargs` could not be seen through."""
    place: Located
    """The outermost expression, as written in the class."""

    @property
    def spelling(self) -> str:
        """Last word of the name: `relationship`."""
        return self.name.rpartition(".")[2]


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of names, else empty."""
    return dotted_name(node) or ""


def operands(node: ast.expr, operator: type[ast.operator]) -> list[ast.expr]:
    """The operands of a chain like `a | b | c`; any other expression is its own operand.

    A loop, because generated code has chains longer than Python's stack.
    """
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, operator):
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def single_return(function: ast.FunctionDef | ast.AsyncFunctionDef | None) -> ast.expr | None:
    """The value of the only `return` of a function; None when there are several or none."""
    if function is None:
        return None
    found: list[ast.Return] = []
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Return):
            found.append(node)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            pending.extend(children(node))
    return found[0].value if len(found) == 1 else None


def last_value(bindings: tuple[Binding, ...], name: str) -> Binding | None:
    """The binding that decides what a class attribute is: the last that gives it a value."""
    for binding in reversed(bindings):
        runs = not binding.type_checking and binding.kind is not BindingKind.ANNOTATION
        if binding.name == name and runs:
            return binding
    return None
