"""Rounds of repairs with a linter of our own: what is kept, dropped and taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from asyncsa_lint.findings import Confidence, Edit, Finding, Fix, Severity, Span
from asyncsa_lint.fixes.changes import Change
from asyncsa_lint.fixes.composing import compatible, edited
from asyncsa_lint.fixes.repairing import Linted, Repaired, repair

PATH = "/project/app.py"


def edit(line: int, column: int, end: int, text: str) -> Edit:
    return Edit(Span(PATH, line, column, line, end), text)


def finding(
    line: int, *edits: Edit, code: str = "ASA609", message: str = "lost", safe: bool = True
) -> Finding:
    fix = Fix("repair", safe, edits) if edits else None
    return Finding(
        code, "rule", Severity.ERROR, Confidence.HIGH, message, Span(PATH, line, 0, line, 4), "f", (), fix
    )


def run(text: str, lint: Callable[[str], list[Finding]]) -> Repaired:
    """Repair the text of one file with what a function finds in it."""

    def linted(texts: Mapping[str, str]) -> Linted:
        found = tuple(lint(texts.get(PATH, text)))
        return Linted(found, found)

    return repair(linted({}), linted, lambda path: text, lambda each: bool(each.fix))


def bad_words(text: str) -> list[Finding]:
    """`bad` becomes `good`."""
    return [
        finding(number, edit(number, 0, 3, "good"), message=f"{number} is bad")
        for number, line in enumerate(text.split("\n"), 1)
        if line.startswith("bad")
    ]


def test_repairs_of_one_file_are_made_together() -> None:
    done = run("bad\nfine\nbad", bad_words)
    assert done.texts == {PATH: "good\nfine\ngood"}
    assert (len(done.fixed), done.refused) == (2, ())


def test_a_repair_that_does_not_help_is_dropped_and_said_so() -> None:
    def lint(text: str) -> list[Finding]:
        return [finding(1, edit(1, 0, 3, "odd"), message="never content"), *bad_words(text)[1:]]

    done = run("bad\nbad", lint)
    assert done.texts == {PATH: "bad\ngood"}
    assert [reason for _, reason in done.refused] == ["the repair does not remove the finding"]


def test_a_repair_that_brings_a_finding_is_dropped() -> None:
    def lint(text: str) -> list[Finding]:
        brought = [finding(1, code="ASA101", message="worse")] if text.startswith("good") else []
        return [*bad_words(text)[:1], *brought]

    done = run("bad", lint)
    assert done.texts == {}
    assert [reason for _, reason in done.refused] == ["the repair would lead to ASA101 on line 1: worse"]


def test_a_repair_that_breaks_the_file_is_dropped() -> None:
    done = run("bad", lambda text: [finding(1, edit(1, 0, 3, "("))] if text == "bad" else [])
    assert (done.texts, [reason for _, reason in done.refused]) == (
        {},
        ["the repaired file can not be compiled"],
    )


def test_conflicting_repairs_wait_for_the_next_round() -> None:
    def lint(text: str) -> list[Finding]:
        found = [finding(1, edit(1, 0, 3, "new"), message="old")] if text.startswith("old") else []
        at = text.find("x")
        return found + ([finding(1, edit(1, 2, at + 1, "dy"), message="x")] if at >= 0 else [])

    assert run("oldx", lint).texts == {PATH: "nedy"}


def test_edits_conflict_where_they_touch_the_same_characters() -> None:
    first = Change((finding(1),), (edit(1, 0, 4, "a"),))
    overlapping = Change((finding(2),), (edit(1, 3, 5, "b"),))
    beside = Change((finding(3),), (edit(1, 4, 5, "c"),))
    same = Change((finding(4),), first.edits)
    same_place = Change((finding(5),), (edit(2, 0, 0, "d"),))
    other_place = Change((finding(6),), (edit(2, 0, 0, "e"),))
    assert compatible([first, overlapping, beside, same]) == [first, beside, same]
    assert compatible([same_place, other_place]) == [same_place]


def test_new_lines_end_as_the_file_does() -> None:
    text = "a\r\nb\r\n"
    assert edited(text, [edit(2, 0, 0, "x\n"), edit(1, 1, 1, "!")]) == "a!\r\nx\r\nb\r\n"
