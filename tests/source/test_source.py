"""Files become text, lines, trees and columns; what is wrong with them is said clearly."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from asyncsa_lint.facts.extract import extract
from asyncsa_lint.findings import Span
from asyncsa_lint.source import SourceError, SourceFile, read


def source(data: bytes | str) -> SourceFile:
    return read("/p/file.py", data.encode() if isinstance(data, str) else data)


def failure(data: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read("/p/file.py", data)
    return caught.value


def first_value(found: SourceFile) -> ast.expr:
    statement = found.tree.body[-1]
    assert isinstance(statement, ast.Assign)
    return statement.value


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("name = 'ü'\n".encode(), "name = 'ü'\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("# -*- coding: latin-1 -*-\nx = 'ü'\n".encode("latin-1"), "# -*- coding: latin-1 -*-\nx = 'ü'\n"),
        ("#!/bin/python\r\n# coding=cp1252\r\nx = '€'\r\n".encode("cp1252"), None),
        (b"", ""),
    ],
)
def test_encodings(data: bytes, text: str | None) -> None:
    found = source(data)
    assert found.text == (data.decode("cp1252") if text is None else text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_the_tree(end: str) -> None:
    text = end.join(["a = '\x0c \u2028 \x85'", "\x0cb = 2", "c = '''1", "2'''", "d = 3", ""])
    found = source(text)
    assert len(found.lines) == 6
    for node in ast.walk(found.tree):
        if isinstance(node, ast.Name):
            assert found.segment(node) == node.id
    assert first_value(found).lineno == 5


def test_columns_are_characters() -> None:
    found = source("ü = '日本' + name  # 日\n")
    value = first_value(found)
    assert isinstance(value, ast.BinOp)
    assert found.span(value.right) == Span("/p/file.py", 1, 11, 1, 15)
    assert found.segment(value.right) == "name"
    assert found.span_at(1, 0, 1, 2) == Span("/p/file.py", 1, 0, 1, 1)
    assert found.span(found.tree) == Span("/p/file.py", 1, 0, 1, 0)


def test_segments_of_several_lines() -> None:
    found = source("x = call(\r\n    'ö',\r\n    b,\r\n)\r\n")
    assert found.segment(first_value(found)) == "call(\n    'ö',\n    b,\n)"
    assert found.segment(found.tree) == ""


def test_comments() -> None:
    found = source("x = '# no'  # one\nü = 'ü'  # two\n'''\n# no\n'''\n\x0c# three\n")
    assert found.comments() == [(1, 12, "# one"), (2, 9, "# two"), (6, 1, "# three")]
    assert source("x = 1\n").comments() == []


@pytest.mark.parametrize(
    ("data", "line", "column", "message"),
    [
        (b"x = 1\ndef f(:\n", 2, 6, "syntax error"),
        (b"x = 'ab\xff'\n", 1, 7, "not valid utf-8"),
        (b"y\nx = '\xc3\xbc\xff'\n", 2, 6, "not valid utf-8"),
        (b"# coding: nonsense\n", 1, 0, "encoding"),
        (b"# coding: rot13\nx = 1\n", 1, 0, "decoded as rot13"),
        (b"x = 1\ny\0 = 2\n", 2, 1, "NUL"),
        (b"if x:\npass\n", 2, 0, "syntax error"),
        (b"x = " + b"(" * 10_000 + b")" * 10_000, 1, None, ""),
        (b"x = " + b"-" * 50_000 + b"1", 1, None, ""),
        (b"x = 1\n" + b"".join(b" " * n + b"if x:\n" for n in range(200)), None, None, "syntax error"),
    ],
)
def test_broken_files(data: bytes, line: int | None, column: int | None, message: str) -> None:
    error = failure(data)
    assert error.path == "/p/file.py"
    assert error.line >= 1 if line is None else error.line == line
    assert column is None or error.column == column
    assert message in error.message
    assert str(error).startswith(f"/p/file.py:{error.line}:")


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.py"):
        with pytest.raises(SourceError, match="can not be read"):
            read(str(path))
    with pytest.raises(SourceError):
        read("nul\0.py")


def test_paths_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    assert read("./a.py").path == (tmp_path / "a.py").as_posix()


def test_warnings_about_the_code_are_not_printed(recwarn: pytest.WarningsRecorder) -> None:
    source(r"x = '\d'; y = 1 is 1" + "\n")
    assert not recwarn.list


@pytest.mark.parametrize(
    "text",
    [
        "x = " + " + ".join(["a"] * 3_000),
        "x = a" + ".b" * 3_000,
        "x = f" + "(1)" * 2_000,
        "x = '" + "y" * 10_000_000 + "'",
        "x = [" + "1, " * 200_000 + "]",
        "".join(f"{'el' if n else ''}if a == {n}:\n    x = 1\n" for n in range(1_500)),
        "def f():\n    x = " + " + ".join(["(yield)"] * 2_000),
    ],
    ids=["operators", "attributes", "calls", "literal", "list", "elif", "yields"],
)
def test_absurd_files_are_read_or_refused(text: str) -> None:
    try:
        facts = extract(source(text + "\n"))
    except SourceError as error:
        assert "nested too deeply" in error.message or "syntax error" in error.message
    else:
        assert facts.bindings or facts.functions
