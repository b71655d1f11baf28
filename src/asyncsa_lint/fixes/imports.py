"""Names that new code needs: those the file has already, and imports where its style puts them.

A name goes into an existing `from module import ...`, in order where the names are in
order, one name a line where they stand so. Otherwise a statement of its own is put into
the group of imports it belongs to: beside those of the same package, else among those of
the same kind (standard library or not), in front of the first that sorts behind it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Sequence

from asyncsa_lint.fixes.changes import NotFixable
from asyncsa_lint.source import split_lines

_ImportNode = ast.Import | ast.ImportFrom
_MAX_LENGTH = 88
_INDENT = "    "


def spelling(tree: ast.Module, module: str, name: str) -> tuple[str, bool]:
    """How a file can write `module.name`, and whether it has to import it for that.

    Raises NotFixable when the file uses the name for something else.
    """
    known = known_as(tree, module, name)
    if known:
        return known, False
    if _is_bound(tree, name):
        raise NotFixable(f"the name `{name}` means something else in this file")
    return name, True


def known_as(tree: ast.Module, module: str, name: str) -> str:
    """How a file calls `module.name` already; empty when it does not import it."""
    parent, _, last = module.rpartition(".")
    for node in _top_level(tree):
        for alias in node.names:
            bound = alias.asname or alias.name
            if isinstance(node, ast.Import):
                if alias.name == module and (alias.asname or "." not in module):
                    return f"{bound}.{name}"
            elif _dotted(node) == module and alias.name == name:
                return bound
            elif parent and _dotted(node) == parent and alias.name == last:
                return f"{bound}.{name}"
    return ""


def _dotted(node: ast.ImportFrom) -> str:
    return "." * node.level + (node.module or "")


def _top_level(tree: ast.Module) -> Iterable[_ImportNode]:
    return (node for node in tree.body if isinstance(node, _ImportNode))


def _is_bound(tree: ast.Module, name: str) -> bool:
    """Whether anything in the file binds the name otherwise."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            return True
        if isinstance(node, ast.arg) and node.arg == name:
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            return True
        if isinstance(node, _ImportNode) and any((a.asname or a.name) == name for a in node.names):
            return True
    return False


def with_imports(text: str, wanted: Sequence[tuple[str, str]]) -> str:
    """The text with `from module import name` for each pair that it does not import yet."""
    newline = "\r\n" if "\r\n" in text else "\n"
    for module, name in wanted:
        tree = ast.parse(text)
        known = [
            node for node in _top_level(tree) if isinstance(node, ast.ImportFrom) and _dotted(node) == module
        ]
        if any(alias.name == name for node in known for alias in node.names):
            continue
        lines = split_lines(text)
        host = next((node for node in known if _takes_names(node, lines)), None)
        lines = _extended(lines, host, name) if host is not None else _added(lines, tree, module, name)
        text = newline.join(lines)
    return text


def _takes_names(node: ast.ImportFrom, lines: Sequence[str]) -> bool:
    """Whether a statement can be rewritten: no comments or other statements in its lines."""
    if any(alias.name == "*" for alias in node.names):
        return False
    own = lines[node.lineno - 1 : node.end_lineno or node.lineno]
    return not any("#" in line or ";" in line or line.rstrip().endswith("\\") for line in own)


def _extended(lines: list[str], node: ast.ImportFrom, name: str) -> list[str]:
    """One more name in an existing statement."""
    entries = [_entry(alias) for alias in node.names]
    names = [alias.name for alias in node.names]
    place = len(entries)
    if names == sorted(names, key=_order):
        place = sum(_order(each) < _order(name) for each in names)
    elif names == sorted(names, key=str.lower):
        place = sum(each.lower() < name.lower() for each in names)
    entries.insert(place, name)
    return _rewritten(lines, node, entries)


def _rewritten(lines: list[str], node: ast.ImportFrom, entries: Sequence[str]) -> list[str]:
    """The statement with other names, laid out as it was."""
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    indent = lines[first][: node.col_offset]
    vertical = last - first > 1
    if vertical and last - first - 2 == len(node.names):
        entry = lines[first + 1]
        space = entry[: len(entry) - len(entry.lstrip())]
        return [*lines[: first + 1], *(f"{space}{each}," for each in entries), *lines[last - 1 :]]
    head = f"{indent}from {_dotted(node)} import "
    line = head + ", ".join(entries)
    widest = max((len(each) for each in lines), default=0)
    if not vertical and len(line) <= max(_MAX_LENGTH, min(widest, 120)):
        return [*lines[:first], line, *lines[last:]]
    block = [f"{head}(", *(f"{indent}{_INDENT}{entry}," for entry in entries), f"{indent})"]
    return [*lines[:first], *block, *lines[last:]]


def without_import(text: str, module: str, name: str) -> str:
    """The text without the import of a name that occurs nowhere else in it."""
    if len(re.findall(rf"\b{re.escape(name)}\b", text)) != 1:
        return text
    lines = split_lines(text)
    for node in _top_level(ast.parse(text)):
        if not isinstance(node, ast.ImportFrom) or _dotted(node) != module or not _takes_names(node, lines):
            continue
        entries = [_entry(alias) for alias in node.names if alias.name != name]
        if len(entries) == len(node.names):
            continue
        if not entries:
            lines = [*lines[: node.lineno - 1], *lines[node.end_lineno or node.lineno :]]
        else:
            lines = _rewritten(lines, node, entries)
        return ("\r\n" if "\r\n" in text else "\n").join(lines)
    return text


def _entry(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _order(name: str) -> tuple[int, str]:
    """Constants, classes, functions: the order of isort."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name)


def _added(lines: list[str], tree: ast.Module, module: str, name: str) -> list[str]:
    """A statement of its own, in the group where it belongs."""
    statement = f"from {module} import {name}"
    groups = _groups(tree, lines)
    group = _group_for(groups, module)
    if group is not None:
        at = _place_in(group, module)
        return [*lines[:at], statement, *lines[at:]]
    return _new_group(lines, tree, groups, module, statement)


def _groups(tree: ast.Module, lines: Sequence[str]) -> list[list[_ImportNode]]:
    """Runs of imports at the top of the file without an empty line between them."""
    groups: list[list[_ImportNode]] = []
    end = 0
    for node in tree.body:
        if not isinstance(node, _ImportNode):
            if groups:
                break
            continue
        between = lines[end : node.lineno - 1]
        if not groups or not all(line.strip() for line in between):
            groups.append([])
        groups[-1].append(node)
        end = node.end_lineno or node.lineno
    return [group for group in groups if not _is_future(group)]


def _is_future(group: Sequence[_ImportNode]) -> bool:
    return all(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in group)


def _modules(node: _ImportNode) -> list[str]:
    return [_dotted(node)] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


def _kind(module: str) -> int:
    """0 standard library, 1 other packages, 2 relative."""
    if module.startswith("."):
        return 2
    return 0 if module.partition(".")[0] in sys.stdlib_module_names else 1


def _group_for(groups: Sequence[list[_ImportNode]], module: str) -> list[_ImportNode] | None:
    package = module.partition(".")[0] if not module.startswith(".") else "."
    for group in groups:
        names = [name for node in group for name in _modules(node)]
        if any((name.partition(".")[0] or ".") == package for name in names):
            return group
    for group in groups:
        kinds = {_kind(name) for node in group for name in _modules(node)}
        if kinds == {_kind(module)} or (len(groups) == 1 and _kind(module) in kinds):
            return group
    return None


def _place_in(group: Sequence[_ImportNode], module: str) -> int:
    """Index of the line before which the statement goes."""
    froms = [
        node for node in group if isinstance(node, ast.ImportFrom) and _kind(_dotted(node)) == _kind(module)
    ]
    for node in froms:
        if _sort_key(_dotted(node)) > _sort_key(module):
            return node.lineno - 1
    last = froms[-1] if froms else group[-1]
    return last.end_lineno or last.lineno


def _sort_key(module: str) -> str:
    return re.sub(r"[._]", " ", module.lower())


def _new_group(
    lines: list[str], tree: ast.Module, groups: Sequence[list[_ImportNode]], module: str, statement: str
) -> list[str]:
    for group in groups:
        if min(_kind(name) for node in group for name in _modules(node)) > _kind(module):
            at = group[0].lineno - 1
            return [*lines[:at], statement, "", *lines[at:]]
    if groups:
        last = groups[-1][-1]
        at = last.end_lineno or last.lineno
        return [*lines[:at], "", statement, *lines[at:]]
    at = _after_preamble(tree)
    head = [*lines[:at], ""] if at else []
    tail = lines[at:]
    gap = [] if tail and not tail[0].strip() else [""]
    return [*head, statement, *gap, *tail]


def _after_preamble(tree: ast.Module) -> int:
    """Number of lines of docstring and `__future__` imports."""
    at = 0
    for node in tree.body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (docstring and isinstance(node.value.value, str)) and not future:  # type: ignore[attr-defined]  # an Expr
            break
        at = node.end_lineno or at
    return at
