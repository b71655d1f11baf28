"""Where things stand in a file: nodes by span, statements, blocks, scopes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from asyncsa_lint.findings import Span
from asyncsa_lint.fixes.changes import NotFixable
from asyncsa_lint.source import SourceFile

Function = ast.FunctionDef | ast.AsyncFunctionDef
_HIDING = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
_SOMETIMES = (ast.BoolOp, ast.IfExp)


class Places:
    """Parents and spans of the nodes of one file."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self._parents: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(source.tree):
            for child in ast.iter_child_nodes(node):
                self._parents[child] = node

    def at(self, span: Span, kinds: type[ast.AST] | tuple[type[ast.AST], ...] = ast.expr) -> ast.AST:
        """The outermost node of the kinds that has exactly the span; NotFixable when there is none."""
        for node in ast.walk(self.source.tree):
            if (
                isinstance(node, kinds)
                and getattr(node, "lineno", 0) == span.line
                and self.source.span(node) == span
            ):
                return node
        raise NotFixable("the code has changed meanwhile")

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node around a node."""
        return self._parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, innermost first."""
        above = self._parents.get(node)
        while above is not None:
            yield above
            above = self._parents.get(above)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that a node is part of."""
        for each in (node, *self.ancestors(node)):
            if isinstance(each, ast.stmt):
                return each
        raise NotFixable("there is no statement here")

    def function(self, node: ast.AST) -> Function | None:
        """The innermost function whose body a node is in."""
        inner = node
        for above in self.ancestors(node):
            if isinstance(above, Function) and inner in above.body:
                return above
            inner = above
        return None

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """The list of statements that a statement is in."""
        parent = self._parents.get(statement)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list) and statement in block:
                return block
        raise NotFixable("the statement is part of another one")

    def is_always_evaluated(self, node: ast.AST, statement: ast.stmt) -> bool:
        """Whether a node is evaluated exactly once, with the names of the function, by its statement."""
        inner = node
        for above in self.ancestors(node):
            if above is statement:
                break
            if isinstance(above, (*_HIDING, *_SOMETIMES)) and not _comes_first(above, inner, node):
                return False
            inner = above
        return not isinstance(statement, ast.While)

    def indent(self, statement: ast.stmt) -> str:
        """White space in front of a statement; NotFixable when something else stands there."""
        line = self.source.lines[first_line(statement) - 1]
        space = line[: len(line) - len(line.lstrip())]
        if self.source.character(statement.lineno, statement.col_offset) != len(space):
            raise NotFixable("the statement does not begin its line")
        return space


def _comes_first(above: ast.AST, inner: ast.AST, node: ast.AST) -> bool:
    """`order.paid and ...`, `... if order.paid else ...`, `[... for item in order.items]`."""
    if isinstance(above, ast.BoolOp):
        return inner is above.values[0]
    if isinstance(above, ast.IfExp):
        return inner is above.test
    if isinstance(above, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        first = above.generators[0]
        return inner is first and any(each is node for each in ast.walk(first.iter))
    return False


def first_line(statement: ast.stmt) -> int:
    """Line on which a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def names_of(node: ast.AST) -> set[str]:
    """All names that occur in a node."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
