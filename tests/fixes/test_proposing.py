"""Edits for other programs: made on the old text they give the new one."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asyncsa_lint.findings import Edit
from asyncsa_lint.fixes.differing import differences

LINE_END = re.compile(r"\r\n|\r|\n")
TEXTS = st.lists(st.sampled_from(["a", "bc", "  d", "\n", "\r\n", "\r", "\u2028", "\x0c"])).map("".join)


def made(text: str, edits: list[Edit]) -> str:
    """The text with the edits made, by whoever knows lines and characters."""
    starts = [0, *(match.end() for match in LINE_END.finditer(text))]
    for edit in reversed(edits):
        span = edit.span
        first = starts[span.line - 1] + span.column
        last = starts[span.end_line - 1] + span.end_column
        text = text[:first] + edit.text + text[last:]
    return text


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(old=TEXTS, new=TEXTS)
def test_they_make_the_new_text(old: str, new: str) -> None:
    edits = list(differences("/a.py", old, new))
    assert edits == sorted(edits)
    assert made(old, edits) == new


@pytest.mark.parametrize(
    ("old", "new", "places"),
    [
        ("x = f(a)\ny = 1\n", "x = f(a, b)\ny = 1\n", [(1, 7, 1, 7, ", b")]),
        ("x = 1\n", "import y\nx = 1\n", [(1, 0, 1, 0, "import y\n")]),
        ("await f()\n", "f()\n", [(1, 0, 1, 6, "")]),
        ("a\nb\nc\n", "a\nB\nD\nc\n", [(2, 0, 2, 1, "B\nD")]),
        ("a\nb", "a\nb\nc", [(2, 0, 2, 1, "b\nc")]),
        ("a\n", "a\n", []),
    ],
)
def test_they_are_small(old: str, new: str, places: list[tuple[int, int, int, int, str]]) -> None:
    edits = differences("/a.py", old, new)
    found = [(e.span.line, e.span.column, e.span.end_line, e.span.end_column, e.text) for e in edits]
    assert found == places
