"""Expressions as text: cut out of the source, and parsed again where they are needed.

Facts keep no tree, so that they can be cached and sent to other processes. A re-parsed
node carries the line and byte column that it had in the file.
"""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache

from asyncsa_lint.facts.records import Expr
from asyncsa_lint.source import SourceText

TOO_LONG = 50_000
"""Longer expressions are data, not code that binds a name to something we follow."""


def expression(source: SourceText, node: ast.expr) -> Expr:
    """The expression as its text and place."""
    line, column, end_line = node.lineno, node.col_offset, node.end_lineno or node.lineno
    if line == end_line and source.is_ascii:
        return Expr(source.lines[line - 1][column : node.end_col_offset], line, column)
    return Expr(source.segment_at(line, column, end_line, node.end_col_offset or column), line, column)


def is_short(source: SourceText, node: ast.expr) -> bool:
    """Whether the text of the node is worth keeping."""
    end_line = node.end_lineno or node.lineno
    if end_line == node.lineno:
        return (node.end_col_offset or 0) - node.col_offset <= TOO_LONG
    if end_line - node.lineno > TOO_LONG:
        return False
    return sum(map(len, source.lines[node.lineno - 1 : end_line])) <= TOO_LONG


@lru_cache(maxsize=20_000)
def parse(expr: Expr) -> ast.expr:
    """The tree of an expression; text that is no expression gives a name that means nothing.

    The same node is handed out each time: it must not be changed.
    """
    opening, line = ("(\n", expr.line) if expr.line > 1 else ("(\n", 2)
    indent = " " * expr.column
    blank = "\n" * (line - 2)
    tree = _try_parse(f"{blank}{opening}{indent}{expr.text}\n)")
    if tree is None and expr.text.startswith("*"):
        call = _try_parse(f"{blank}_{opening}{indent}{expr.text}\n)")
        if isinstance(call, ast.Call) and len(call.args) == 1:
            tree = call.args[0]
    if tree is None:
        place = {"lineno": expr.line, "col_offset": expr.column}
        return ast.Name("", ast.Load(), **place, end_lineno=expr.line, end_col_offset=expr.column)
    if tree.lineno < line:  # a tuple written without parentheses took ours for its own
        tree.lineno, tree.col_offset = line, expr.column
        last = expr.text.rpartition("\n")[2]
        tree.end_lineno = line + expr.text.count("\n")
        tree.end_col_offset = len(last.encode()) + (expr.column if tree.end_lineno == line else 0)
    if line != expr.line:
        ast.increment_lineno(tree, expr.line - line)
    return tree


def _try_parse(text: str) -> ast.expr | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


def parse_annotation(text: str) -> ast.expr | None:
    """The tree of a string annotation (`"AsyncSession"`), positions meaningless."""
    return _parse_text(text.strip())


@lru_cache(maxsize=5_000)
def _parse_text(text: str) -> ast.expr | None:
    return _try_parse(text) if text else None


def dotted_name(node: ast.expr) -> str | None:
    """`a.b.c` for a chain of names and attributes, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or not node.id:
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))
