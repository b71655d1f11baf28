"""Text output: underlines that stand below what they mean, nothing that a terminal obeys."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from asyncsa_lint.findings import Confidence, Finding, Fix, Related, Severity, Span
from asyncsa_lint.reporters.display import MAX_CELLS, printable, underlined
from asyncsa_lint.reporters.text import TextReporter, statistics, summary

PATH = "/project/app/orders.py"


def finding(span: Span, severity: Severity = Severity.ERROR) -> Finding:
    """A finding with a trail and a repair."""
    return Finding(
        code="ASA501",
        rule="lazy-attribute-access",
        severity=severity,
        confidence=Confidence.HIGH,
        message="`order.items` is not loaded",
        span=span,
        related=(Related(Span(PATH, 1, 4, 1, 8), "loaded here"),),
        fix=Fix("load it with `selectinload(Order.items)`", safe=False),
    )


def report(lines: list[str], found: Finding, colour: bool = False) -> list[str]:
    """Lines of output for a finding in a file of those lines."""
    return list(TextReporter(lambda path: lines, "/project", colour).report([found]))


def test_finding_with_trail_and_help() -> None:
    lines = ["row = load()", "", "return row.items"]
    assert report(lines, finding(Span(PATH, 3, 7, 3, 16))) == [
        "app/orders.py:3:8 ASA501 `order.items` is not loaded [lazy-attribute-access]",
        "  3 | return row.items",
        "    |        ^^^^^^^^^",
        "    app/orders.py:1:5 loaded here",
        "      1 | row = load()",
        "        |     ^^^^",
        "  help: load it with `selectinload(Order.items)`",
        "",
    ]


def test_steps_after_the_place_come_last() -> None:
    read = Related(Span(PATH, 2, 0, 2, 1), "read here", after=True)
    loaded = Related(Span(PATH, 1, 4, 1, 8), "loaded here")
    found = replace(finding(Span(PATH, 3, 7, 3, 16)), related=(read, loaded))
    assert [line.strip() for line in report([], found)[1:3]] == [
        "app/orders.py:1:5 loaded here",
        "app/orders.py:2:1 then read here",
    ]


def test_medium_confidence_is_said() -> None:
    found = replace(finding(Span(PATH, 3, 7, 3, 16)), confidence=Confidence.MEDIUM)
    assert report([], found)[-2].startswith("  note: medium confidence: ")


def test_source_that_is_gone() -> None:
    assert report([], finding(Span(PATH, 3, 7, 3, 16)))[1] == "    app/orders.py:1:5 loaded here"


def test_expression_over_several_lines() -> None:
    lines = ["return f(row.items,", "         1)   "]
    assert report(lines, finding(Span(PATH, 1, 7, 2, 11)))[1:3] == [
        "  1 | return f(row.items,",
        "    |        ^^^^^^^^^^^^",
    ]


def test_colour_adds_nothing_but_colour() -> None:
    lines, found = ["row = load()"], finding(Span(PATH, 1, 0, 1, 3))
    coloured = "\n".join(report(lines, found, colour=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == "\n".join(report(lines, found))


@pytest.mark.parametrize(
    ("line", "start", "end", "text", "marks"),
    [
        ("return order.items", 7, 18, "return order.items", "       ^^^^^^^^^^^"),
        ("\treturn x", 8, 9, "    return x", "           ^"),
        ("ab\tx", 3, 4, "ab  x", "    ^"),
        ('f("\u4f60\u597d", x)', 7, 8, 'f("\u4f60\u597d", x)', "         ^"),
        ('"\u4f60"', 0, 3, '"\u4f60"', "^^^^"),
        ("e\u0301 = x", 5, 6, "e\u0301 = x", "    ^"),
        ("a\x1b[31m = x", 9, 10, "a\\x1b[31m = x", "            ^"),
        ("a\u202e = x", 5, 6, "a\\u202e = x", "          ^"),
        ("def (", 5, 5, "def (", "     ^"),
        ("", 0, 0, "", "^"),
        ("x", 40, 41, "x", " ^"),
    ],
)
def test_underline(line: str, start: int, end: int, text: str, marks: str) -> None:
    assert underlined(line, start, end) == (text, marks)


@pytest.mark.parametrize("start", [0, 100, 5_000, 9_999_990])
def test_long_lines_are_cropped_around_the_guilty_part(start: int) -> None:
    line = "a" * start + "GUILTY" + "b" * (9_999_994 - start)
    text, marks = underlined(line, start, start + 6)
    assert len(text) <= MAX_CELLS + 6
    at = marks.index("^")
    assert text[at : at + 6] == "GUILTY"
    assert marks.count("^") == 6


def test_printable() -> None:
    assert printable("a\x1b[2J\r\n\u2028\udcff\U000e0001") == ("a\\x1b[2J\\x0d\\x0a\\u2028\\udcff\\U000e0001")


def test_summary() -> None:
    span = Span(PATH, 1, 0, 1, 1)
    error, warning, advice = (finding(span, severity) for severity in Severity)
    assert summary([], 1, 0) == "No findings in 1 file."
    assert summary([], 3, 2) == "No findings in 3 files (2 suppressed)."
    assert summary([error, error, warning], 3, 0) == "Found 2 errors and 1 warning in 3 files."
    assert summary([], 3, 0, 4) == "No findings in 3 files (4 older)."
    assert summary([error], 3, 2, 4) == "Found 1 error in 3 files (2 suppressed, 4 older)."
    assert summary([error, warning, advice], 3, 1) == (
        "Found 1 error, 1 warning, 1 piece of advice in 3 files (1 suppressed)."
    )


def test_statistics() -> None:
    lines = list(statistics({"ASA101": 1, "ASA501": 12}, {"ASA501": "lazy-attribute-access"}, {"deep\n": 3}))
    assert lines == [
        "    12 ASA501 lazy-attribute-access",
        "     1 ASA101",
        "Not followed (what is unknown stays silent):",
        "     3 deep\\x0a",
    ]
