"""Which names a function mentions: a cheap answer to "can this body matter at all?"."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Names in a body, those of nested functions, lambdas and classes included."""

    calls: frozenset[str] = frozenset()
    """Last names of what is called: `select`, `commit`."""
    names: frozenset[str] = frozenset()
    """Names that are loaded."""


def usage_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Usage:
    """One pass over the body; decorators, defaults and annotations are not part of it."""
    calls: set[str] = set()
    names: set[str] = set()
    stack: list[ast.AST] = list(node.body)
    while stack:
        item = stack.pop()
        kind = type(item)
        if kind is ast.Name:
            if type(item.ctx) is ast.Load:  # type: ignore[attr-defined]  # a Name
                names.add(item.id)  # type: ignore[attr-defined]  # a Name
            continue
        if kind is ast.Constant:
            continue
        if isinstance(item, ast.Call):
            if isinstance(item.func, ast.Name):
                calls.add(item.func.id)
            elif isinstance(item.func, ast.Attribute):
                calls.add(item.func.attr)
        stack.extend(ast.iter_child_nodes(item))
    return Usage(frozenset(calls), frozenset(names))
