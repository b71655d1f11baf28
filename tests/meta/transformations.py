"""Rewrites of a program that do not change what it does.

A program is a mapping of relative paths to source texts. Rewrites are cautious: what they
can not change safely, a name that is bound twice, say, they leave alone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from tests.meta.names import (
    Function,
    after_docstring,
    at_import,
    bindings,
    bound,
    functions,
    in_strings,
    top_level,
    used,
)

Program = Mapping[str, str]
Transformation = Callable[[Program], Program]


def _each(program: Program, rewrite: Callable[[ast.Module], ast.Module]) -> Program:
    return {path: _printed(rewrite(ast.parse(text))) for path, text in program.items()}


def _printed(tree: ast.Module) -> str:
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def printed_anew(program: Program) -> Program:
    """Layout, quotes, parentheses and comments are gone."""
    return _each(program, lambda tree: tree)


class _PassBeforeEveryStatement(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and not isinstance(node, ast.Module | ast.ClassDef) and block:
                start = after_docstring(block)
                spread = [each for statement in block[start:] for each in (ast.Pass(), statement)]
                setattr(node, field, [*block[:start], *spread])
        return node


def pass_inserted(program: Program) -> Program:
    """A `pass` stands before every statement of every function."""

    def rewrite(tree: ast.Module) -> ast.Module:
        for function in functions(tree):
            _PassBeforeEveryStatement().visit(function)
        return tree

    return _each(program, rewrite)


def tried(program: Program) -> Program:
    """Every function body stands in `try: ... finally: pass`."""

    def rewrite(tree: ast.Module) -> ast.Module:
        for function in functions(tree):
            start = after_docstring(function.body)
            inner = function.body[start:] or [ast.Pass()]
            wrapped = ast.Try(body=inner, handlers=[], orelse=[], finalbody=[ast.Pass()])
            function.body = [*function.body[:start], wrapped]
        return tree

    return _each(program, rewrite)


class _Renamed(ast.NodeTransformer):
    """Puts other expressions in the place of names."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:  # the name is prescribed by ast
        spelling = self._names.get(node.id)
        if spelling is None:
            return node
        if "." not in spelling:
            return ast.copy_location(ast.Name(spelling, node.ctx), node)
        return ast.copy_location(ast.parse(spelling, mode="eval").body, node)


def locals_renamed(program: Program) -> Program:
    """Local variables have other names; parameters keep theirs, callers may use them."""

    def rewrite(tree: ast.Module) -> ast.Module:
        fixed = {name for statement in tree.body for name in top_level(statement)}
        for function in functions(tree):
            names = _assigned_only(function) - fixed
            _Renamed({name: f"{name}_local" for name in names}).visit(function)
        return tree

    return _each(program, rewrite)


def _assigned_only(function: Function) -> set[str]:
    """Names that nothing but assignments, loops and the like bind: no parameters, no attributes."""
    stored: set[str] = set()
    others: set[str] = set()
    for node in ast.walk(function):
        (stored if isinstance(node, ast.Name) else others).update(bound(node))
        if isinstance(node, ast.ClassDef):
            others.update(bindings(node))
    return stored - others


def imports_aliased(program: Program) -> Program:
    """`from sqlalchemy import select` becomes `... as select_alias`."""
    return _with_imports(program, lambda module, name: f"{name}_alias")


def modules_imported(program: Program) -> Program:
    """`from sqlalchemy.orm import selectinload` becomes `import sqlalchemy.orm`."""
    return _with_imports(program, lambda module, name: f"{module}.{name}")


def _with_imports(program: Program, spell: Callable[[str, str], str]) -> Program:
    local = {PurePosixPath(path).stem for path in program} | {
        part for path in program for part in PurePosixPath(path).parts
    }
    shared = {name for text in program.values() for name in _imported_from(ast.parse(text), local)}
    result = {}
    for path, text in program.items():
        tree = ast.parse(text)
        kept = shared | in_strings(tree)
        result[path] = (
            text if path.endswith("__init__.py") else _printed(_respelled(tree, local, kept, spell))
        )
    return result


def _imported_from(tree: ast.Module, local: set[str]) -> Iterator[str]:
    """Names that a module takes from modules of the program."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and _is_local(node, local):
            yield from (alias.name for alias in node.names)


def _is_local(node: ast.ImportFrom, local: set[str]) -> bool:
    return bool(node.level) or (node.module or "").partition(".")[0] in local


def _respelled(
    tree: ast.Module, local: set[str], kept: set[str], spell: Callable[[str, str], str]
) -> ast.Module:
    taken = bindings(tree)
    names: dict[str, str] = {}
    modules: set[str] = set()
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or _is_local(node, local) or node.module == "__future__":
            continue
        module = node.module or ""
        for alias in list(node.names):
            name = alias.asname or alias.name
            spelling = spell(module, alias.name)
            root = spelling.partition(".")[0]
            if name in kept or taken.count(name) > 1 or alias.name == "*" or root in taken:
                continue
            names[name] = spelling
            if "." in spelling:
                node.names.remove(alias)
                modules.add(module)
            else:
                alias.asname = spelling
    _Renamed(names).visit(tree)
    return _with_plain_imports(tree, modules)


def _with_plain_imports(tree: ast.Module, modules: set[str]) -> ast.Module:
    body = [node for node in tree.body if not isinstance(node, ast.ImportFrom) or node.names]
    future = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    start = body.index(future[-1]) + 1 if future else after_docstring(body)
    plain = [ast.Import([ast.alias(module)]) for module in sorted(modules)]
    tree.body = [*body[:start], *plain, *body[start:]]
    return tree


def functions_reordered(program: Program) -> Program:
    """Functions and methods that importing the module does not need change places."""

    def rewrite(tree: ast.Module) -> ast.Module:
        needed = _needed_at_import(tree)
        tree.body = _reversed(tree.body, needed)
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                node.body = _reversed(node.body, at_import(node.body))
        return tree

    return _each(program, rewrite)


def _needed_at_import(tree: ast.Module) -> set[str]:
    """Names that importing the module uses, through the functions that it calls as well."""
    bodies = {node.name: used([node]) for node in tree.body if isinstance(node, Function | ast.ClassDef)}
    needed: set[str] = set()
    pending = at_import(tree.body)
    while pending:
        needed |= pending
        pending = {name for each in pending for name in bodies.get(each, ())} - needed
    return needed


def _reversed(body: list[ast.stmt], needed: set[str]) -> list[ast.stmt]:
    names = [name for node in body for name in top_level(node)]
    slots = [
        index
        for index, node in enumerate(body)
        if isinstance(node, Function)
        and not node.decorator_list
        and node.name not in needed
        and names.count(node.name) == 1
    ]
    result = list(body)
    for index, other in zip(slots, reversed(slots), strict=True):
        result[index] = body[other]
    return result
