"""Edits for other programs: made on the old text they give the new one, and what that is has been linted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asyncsa_lint.findings import Confidence, Edit, Finding, Fix, Severity, Span
from asyncsa_lint.fixes.differing import differences
from asyncsa_lint.fixes.proposing import proposed
from asyncsa_lint.fixes.repairing import Linted
from tests.sandbox import PROJECT, findings, places, run, write

PATH = "/project/app.py"
LOST = (
    "from sqlalchemy.ext.asyncio import AsyncSession\n\n\n"
    "async def save(db: AsyncSession) -> None:\n    db.commit()\n"
)
BETTER = {"bad": "good", "odd": "even", "hid": "good"}

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


def words(text: str) -> tuple[Finding, ...]:
    """Wrong words with their repairs; that of `odd` makes it worse, that of `hid` is unsafe."""
    found = []
    for number, word in enumerate(text.split(), 1):
        span = Span(PATH, number, 0, number, len(word))
        if word in BETTER:
            fix = Fix("repair", word != "hid", (Edit(span, BETTER[word]),))
            found.append(Finding("ASA609", "rule", Severity.ERROR, Confidence.HIGH, word, span, fix=fix))
        elif word == "even":
            found.append(Finding("ASA609", "rule", Severity.ERROR, Confidence.HIGH, "worse", span))
    return tuple(found)


def proposals(text: str, *, unsafe: bool) -> list[str | None]:
    """What each finding's proposal makes of the text; None where there is none."""

    def linted(texts: Mapping[str, str]) -> Linted:
        return Linted(*[words(texts.get(PATH, text))] * 2)

    first = linted({})
    found = proposed(first.shown, lambda: first, linted, lambda path: text, lambda fix: fix.safe or unsafe)
    fixes = [each.fix for each in found]
    return [made(text, list(fix.edits)) if fix is not None and fix.edits else None for fix in fixes]


def test_each_is_the_repair_of_one_finding() -> None:
    assert proposals("bad\nfine\nbad", unsafe=True) == ["good\nfine\nbad", "bad\nfine\ngood"]


def test_what_does_not_help_is_not_proposed() -> None:
    assert proposals("odd\nbad", unsafe=True) == [None, "odd\ngood"]


def test_unsafe_ones_have_to_be_asked_for() -> None:
    assert proposals("hid\nbad", unsafe=False) == [None, "hid\ngood"]


def test_in_a_report_each_removes_its_finding_and_brings_none(tmp_path: Path) -> None:
    folder = write(tmp_path, PROJECT | {"app/lost.py": LOST})
    at_first = findings("--unsafe-fixes", folder=folder)
    tried = [each for each in at_first if each["fix"] and each["fix"]["edits"]]
    assert {each["code"] for each in tried} == {"ASA401", "ASA501", "ASA609"}
    for each in tried:
        before = {path: (folder / path).read_text(encoding="utf-8") for path in paths_of(each)}
        for path, text in before.items():
            edits = [as_edit(edit) for edit in each["fix"]["edits"] if edit["path"] == path]
            (folder / path).write_text(made(text, edits), encoding="utf-8")
        left = [place for place in places(at_first) if place != places([each])[0]]
        assert [place[::2] for place in places(findings(folder=folder))] == [place[::2] for place in left]
        for path, text in before.items():
            (folder / path).write_text(text, encoding="utf-8")
    only_safe = [each["code"] for each in findings(folder=folder) if each["fix"] and each["fix"]["edits"]]
    assert only_safe == ["ASA609"]


def test_a_trial_is_not_remembered(tmp_path: Path) -> None:
    folder = write(tmp_path, PROJECT | {"app/lost.py": LOST})
    entries = []
    for options in ((), ("--unsafe-fixes",)):
        findings(*options, folder=folder)
        entries.append(int(run("asyncsa_lint", "cache", "info", folder=folder).stdout.split()[-1]))
    assert entries[1] == entries[0] + 1  # the output


def paths_of(found: Mapping[str, Any]) -> set[str]:
    return {edit["path"] for edit in found["fix"]["edits"]}


def as_edit(edit: Mapping[str, Any]) -> Edit:
    span = Span(edit["path"], edit["line"], edit["column"] - 1, edit["end_line"], edit["end_column"] - 1)
    return Edit(span, edit["text"])
