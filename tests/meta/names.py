"""Which names a piece of code binds and uses: what the transformations have to respect."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_WORD = re.compile(r"[^\W\d]\w*")


def used(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that occur as such, and words in strings, which may be annotations."""
    names: set[str] = set()
    for root in nodes:
        for node in ast.walk(root):
            if isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.update(_WORD.findall(node.value))
    return names


def in_strings(tree: ast.AST) -> set[str]:
    """Words in string constants; renaming what they stand for would not reach them."""
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {word for text in texts if isinstance(text, str) for word in _WORD.findall(text)}


def bound(node: ast.AST) -> Iterator[str]:
    """Names that a single node binds, itself, without its children."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case _:
            yield from _named_by_text(node)


def _named_by_text(node: ast.AST) -> Iterator[str]:
    """Names that are plain strings in the tree: handlers, patterns, global statements."""
    match node:
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names


def bindings(tree: ast.AST) -> list[str]:
    """All names bound anywhere below, once for each place."""
    return [name for node in ast.walk(tree) for name in bound(node)]


def top_level(statement: ast.stmt) -> set[str]:
    """Names that a statement of a module body gives to the module."""
    if isinstance(statement, Definition):
        return {statement.name}
    scopes = (node for node in ast.walk(statement) if not isinstance(node, ast.arg))
    return {name for node in scopes for name in bound(node)}


def at_import(body: Sequence[ast.stmt]) -> set[str]:
    """Names that running a module or class body needs: all but the inside of functions."""
    names: set[str] = set()
    for statement in body:
        if isinstance(statement, Function):
            signature = [*statement.decorator_list, statement.args]
            names |= used([*signature, *([statement.returns] if statement.returns else [])])
        elif isinstance(statement, ast.ClassDef):
            names |= used([*statement.bases, *statement.keywords, *statement.decorator_list])
            names |= at_import(statement.body)
        else:
            names |= used([statement])
    return names


def functions(tree: ast.AST) -> Iterator[Function]:
    """Functions that are in no other function."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, Function):
            yield child
        else:
            yield from functions(child)


def after_docstring(body: Sequence[ast.stmt]) -> int:
    """Index of the first statement that is not the docstring."""
    first = body[0] if body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return int(is_text and isinstance(first.value.value, str))  # type: ignore[union-attr]  # is_text says so
