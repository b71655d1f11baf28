"""What stands for a part of a file changes with the part, and with nothing else in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncsa_lint.project.asking import Answers
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.recording import Question

TEXT = """
from shop.models import Order as Bought

LIMIT = 3


class Repository:
    name = "é"; kind = "x"

    def first(self):
        return LIMIT


def second(value):
    text = value
    return text
"""
PARTS: tuple[Question, ...] = (
    ("module",),
    ("name", "LIMIT"),
    ("name", "Bought"),
    ("known as", "Order"),
    ("functions",),
    ("classes",),
    ("function", "Repository.first"),
    ("body", "Repository.first"),
    ("class", "Repository"),
    ("class body", "Repository"),
    ("function", "second"),
    ("body", "second"),
    ("function", "third"),
)
EDITS = {
    "a function is added at the end": ("    return text\n", "    return text\n\n\ndef third(): ...\n"),
    "a body is changed": ("text = value", "text = other"),
    "a method is changed": ("return LIMIT", "return LIMIX"),
    "a method is longer": ("return LIMIT", "limit = LIMIT\n        return limit"),
    "a parameter is changed": ("second(value)", "second(other)"),
    "a value is changed": ("LIMIT = 3", "LIMIT = 4"),
    "an import is changed": ("Order as Bought", "Order as Booked"),
    "characters before a column are others": ('"é"; kind', '"ee"; kind'),
    "all lines move": ("from shop", "\nfrom shop"),
    "it can not be read": ("LIMIT = 3", "LIMIT = "),
}
CHANGED = {
    "a function is added at the end": {("functions",), ("function", "third")},
    "a body is changed": {("body", "second")},
    "a method is changed": {("body", "Repository.first"), ("class body", "Repository")},
    "a method is longer": {
        ("function", "Repository.first"),
        ("body", "Repository.first"),
        ("class", "Repository"),
        ("class body", "Repository"),
    },
    "a parameter is changed": {("function", "second"), ("body", "second")},
    "a value is changed": {("name", "LIMIT")},
    "an import is changed": {("name", "Bought"), ("known as", "Order")},
    "characters before a column are others": {("class", "Repository"), ("class body", "Repository")},
    "all lines move": set(),
    "it can not be read": set(PARTS) - {("function", "third")},
}


def answers(folder: Path, text: str) -> dict[Question, str]:
    """What stands for each part of a file with that text."""
    path = folder / "part.py"
    path.write_text(text, encoding="utf-8")
    found = Answers(Project([str(path)], str(folder)))
    return {part: found.answer((part[0], path.as_posix(), *part[1:])) for part in PARTS}


@pytest.mark.parametrize("edit", EDITS)
def test_part(edit: str, tmp_path: Path) -> None:
    before = answers(tmp_path, TEXT)
    assert EDITS[edit][0] in TEXT
    after = answers(tmp_path, TEXT.replace(*EDITS[edit]))
    assert {part for part in PARTS if before[part] != after[part]} == CHANGED[edit]
