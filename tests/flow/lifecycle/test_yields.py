"""How often generators yield."""

from __future__ import annotations

import ast
from textwrap import indent

import pytest

from asyncsa_lint.flow.lifecycle.yields import paths_of


def walk(body: str) -> tuple[list[int], list[int]]:
    """Lines (of the body) of repeated yields, and counts at the end."""
    tree = ast.parse("async def generator():\n" + indent(body, "    "))
    function = tree.body[0]
    assert isinstance(function, ast.AsyncFunctionDef)
    found = paths_of(function)
    return [node.lineno - 1 for node in found.repeated], sorted(found.ends)


@pytest.mark.parametrize(
    ("body", "repeated", "ends"),
    [
        ("yield 1", [], [1]),
        ("yield 1\nyield 2", [2], [2]),
        ("if a:\n    yield 1", [], [0, 1]),
        ("if a:\n    yield 1\nelse:\n    yield 2", [], [1]),
        ("if a:\n    yield 1\n    return\nyield 2", [], [1]),
        ("if a:\n    return\nyield 1", [], [0, 1]),
        ("if a:\n    raise E\nyield 1", [], [1]),
        ("while True:\n    yield 1", [2], []),
        ("while True:\n    yield 1\n    break", [], [1]),
        ("for x in y:\n    yield 1", [2], [1]),
        ("async for x in y:\n    yield x", [], [1]),
        ("for x in y:\n    try:\n        yield 1\n        return\n    except E:\n        pass", [3], [1, 2]),
        ("try:\n    yield 1\nexcept E:\n    yield 2", [4], [1, 2]),
        ("try:\n    yield 1\nexcept E:\n    raise\nfinally:\n    close()", [], [1]),
        ("try:\n    s = f()\nexcept E:\n    yield None\nelse:\n    yield s", [], [1]),
        ("try:\n    yield 1\nfinally:\n    yield 2", [4], [2]),
        ("async with a:\n    async with b:\n        yield 1", [], [1]),
        ("match a:\n    case 1:\n        yield 1\n    case _:\n        yield 2", [], [1]),
        ("def inner():\n    yield 1\nyield 2", [], [1]),
    ],
)
def test_paths(body: str, repeated: list[int], ends: list[int]) -> None:
    assert walk(body) == (repeated, ends)
