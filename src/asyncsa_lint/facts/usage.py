"""Which names a function mentions: a cheap answer to "can this body matter at all?"."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from asyncsa_lint.facts.nodes import children


@dataclass(frozen=True, slots=True)
class Usage:
    """Names in a body, those of nested functions, lambdas and classes included."""

    calls: frozenset[str] = frozenset()
    """Last names of what is called: `select`, `commit`."""
    names: frozenset[str] = frozenset()
    """Names that are loaded."""
    bound: frozenset[str] = frozenset()
    """Names that the body itself binds, nested bodies left out; parameters are not among them."""


def usage_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Usage:
    """One pass over the body; decorators, defaults and annotations are not part of it."""
    calls: set[str] = set()
    names: set[str] = set()
    bound: set[str] = set()
    shared: set[str] = set()
    inner: list[ast.AST] = []
    _collect(list(node.body), calls, names, bound, shared, inner)
    _collect([each for scope in inner for each in children(scope)], calls, names, set(), set(), None)
    return Usage(frozenset(calls - {""}), frozenset(names), frozenset(bound - shared))


def called_outside(tree: ast.Module) -> frozenset[str]:
    """Last names of what is called when the file is imported: anything but the bodies of functions."""
    calls: set[str] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*item.decorator_list, item.args]
            continue
        if isinstance(item, ast.Call):
            calls.add(last_name(item.func))
        waiting += children(item)
    return frozenset(calls - {""})


def last_name(node: ast.AST) -> str:
    """The name at the end of a chain: what is called, without what it is called on; empty for other nodes."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _collect(
    waiting: list[ast.AST],
    calls: set[str],
    names: set[str],
    bound: set[str],
    shared: set[str],
    inner: list[ast.AST] | None,
) -> None:
    """Take note of all nodes; nested functions and classes are put aside, where `inner` is a list."""
    while waiting:
        item = waiting.pop()
        kind = type(item)
        if kind is ast.Name:
            assert isinstance(item, ast.Name)
            (names if type(item.ctx) is ast.Load else bound).add(item.id)
            continue
        if kind is ast.Constant:
            continue
        if kind is ast.Call:
            assert isinstance(item, ast.Call)
            calls.add(last_name(item.func))
        elif kind in _SCOPES:
            assert isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            bound.add(item.name)
            if inner is not None:
                inner.append(item)
                continue
        elif kind is ast.Global or kind is ast.Nonlocal:
            assert isinstance(item, ast.Global | ast.Nonlocal)
            shared.update(item.names)
        waiting += children(item)


_SCOPES = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})
