"""Expressions survive as text: parsed again they are the same, in the same place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import asyncsa_lint
from asyncsa_lint.facts.expressions import dotted_name, expression, parse, parse_annotation
from asyncsa_lint.facts.records import Expr
from asyncsa_lint.source import read


def value(text: str) -> tuple[Expr, ast.expr]:
    source = read("/p/file.py", text.encode())
    statement = source.tree.body[-1]
    assert isinstance(statement, (ast.Assign, ast.Expr))
    return expression(source, statement.value), statement.value


@pytest.mark.parametrize(
    "text",
    [
        "x = f(a)",
        "\n\nx = (a\n  or b)",
        "x = 1, 2",
        "if 1: pass\nx = 1,\\\n 2",
        "\nx = (1, 'ü')",
        "'ü'; x = 'ö' + b",
        "x = [\n  a,\n\n  b]",
        "x = *a, b",
        "def f(): pass\nx = lambda: (yield)",
        "x = f(a for a in b)",
        "x = '''1\n2''' + y",
        "y\r\nx = (a +\r\n b)",
        "a",
    ],
)
def test_parsed_again_it_is_the_same(text: str) -> None:
    kept, node = value(text)
    assert ast.dump(parse(kept), include_attributes=True) == ast.dump(node, include_attributes=True)


def test_values_in_this_package_are_the_same() -> None:
    root = Path(asyncsa_lint.__file__).parent
    seen = 0
    for path in sorted((root / "facts").glob("*.py")):
        source = read(str(path))
        for node in ast.walk(source.tree):
            if isinstance(node, (ast.Assign, ast.Return)) and node.value is not None:
                again, seen = parse(expression(source, node.value)), seen + 1
                assert ast.dump(again) == ast.dump(node.value)
                if not any(isinstance(part, ast.JoinedStr) for part in ast.walk(again)):
                    assert ast.dump(again, include_attributes=True) == ast.dump(
                        node.value, include_attributes=True
                    )
    assert seen > 100


def test_starred_bases() -> None:
    found = parse(Expr("*bases", 3, 8))
    assert isinstance(found, ast.Starred) and (found.lineno, found.col_offset) == (3, 8)


@pytest.mark.parametrize("text", ["a b", "x = 1", "*", "(" * 5_000])
def test_text_that_is_no_expression_means_nothing(text: str) -> None:
    found = parse(Expr(text, 2, 4))
    assert isinstance(found, ast.Name) and not found.id
    assert dotted_name(found) is None


def test_dotted_names() -> None:
    assert dotted_name(parse(Expr("a.b.c", 1, 0))) == "a.b.c"
    assert dotted_name(parse(Expr("a().c", 1, 0))) is None


def test_string_annotations() -> None:
    found = parse_annotation(" list[User] ")
    assert found is not None and ast.unparse(found) == "list[User]"
    assert parse_annotation("") is None
    assert parse_annotation("not an (expression") is None
