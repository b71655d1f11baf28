"""Cuts modules in two: the second part imports from the first what it needs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from tests.meta.names import Function, top_level, used
from tests.meta.transformations import Program

SUFFIX = "_continued"
CONFTEST = "conftest"
"""pytest knows the file by this name: fixtures elsewhere are not the tests' own."""


def modules_split(program: Program) -> Program:
    """Modules that no other module imports are cut where nothing above needs what is below."""
    imported = {name for text in program.values() for name in _imported(ast.parse(text))}
    result = dict(program)
    for path, text in program.items():
        stem = PurePosixPath(path).stem
        tree = ast.parse(text)
        whole = stem in imported or stem.startswith("__") or stem == CONFTEST
        cut = None if whole else _cut(tree.body)
        if cut is not None:
            in_package = (PurePosixPath(path).parent / "__init__.py").as_posix() in program
            first, second = _parts(tree, cut, f".{stem}" if in_package else stem)
            result[path] = ast.unparse(first) + "\n"
            result[str(PurePosixPath(path).with_stem(stem + SUFFIX))] = ast.unparse(second) + "\n"
    return result


def _imported(tree: ast.Module) -> Iterator[str]:
    """Last parts of all names that could be modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.rpartition(".")[2] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").rpartition(".")[2]
            yield from (alias.name for alias in node.names)


def _cut(body: Sequence[ast.stmt]) -> int | None:
    """The possible place to cut that is nearest to the middle, none when there is none."""
    start = 1 + max((index for index, node in enumerate(body) if _is_import(node)), default=-1)
    possible = [index for index in range(start + 1, len(body)) if _may_cut(body[start:index], body[index:])]
    middle = (start + len(body)) // 2
    return min(possible, key=lambda index: abs(index - middle), default=None)


def _is_import(node: ast.stmt) -> bool:
    conditional = isinstance(node, ast.If | ast.Try)
    return isinstance(node, ast.Import | ast.ImportFrom) or (
        conditional and any(isinstance(each, ast.Import | ast.ImportFrom) for each in ast.walk(node))
    )


def _may_cut(above: Sequence[ast.stmt], below: Sequence[ast.stmt]) -> bool:
    """Whether no name of the lower part is used above, and none is bound from both sides."""
    upper = {name for node in above for name in top_level(node)}
    lower = {name for node in below for name in top_level(node)}
    rebound = {
        name
        for node in (*above, *below)
        for each in ast.walk(node)
        if isinstance(each, ast.Global)
        for name in each.names
    }
    has_code = any(isinstance(node, Function | ast.ClassDef) for node in below)
    return has_code and not (lower & used(above) or upper & lower or rebound & (upper | lower))


def _parts(tree: ast.Module, cut: int, first: str) -> tuple[ast.Module, ast.Module]:
    above, below = tree.body[:cut], tree.body[cut:]
    imports = [node for node in above if _is_import(node)]
    offered = {name for node in above if not _is_import(node) for name in top_level(node)}
    needed = sorted(offered & used(below))
    link = ast.ImportFrom(
        first.lstrip("."), [ast.alias(name) for name in needed], level=int(first.startswith("."))
    )
    future = [node for node in imports if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    others = [node for node in imports if node not in future]
    second = [*future, *others, *([link] if needed else []), *below]
    return ast.Module(above, []), ast.fix_missing_locations(ast.Module(second, []))
