"""Code quality report: what GitLab requires, and fingerprints that outlive edits elsewhere."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from asyncsa_lint.findings import Severity, Span
from asyncsa_lint.reporters.gitlab import report
from tests.reporters.samples import HOSTILE, PATH, SOURCE, finding, hostile, outcome, silenced

REQUIRED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/)"},
                    "lines": {"type": "object", "required": ["begin"]},
                },
            },
        },
    },
}
"""From the table of GitLab's documentation of the format."""


def issues(text: str) -> list[dict[str, Any]]:
    """The checked list of issues."""
    loaded: list[dict[str, Any]] = json.loads(text)
    jsonschema.validate(loaded, REQUIRED)
    return loaded


def test_finding() -> None:
    (issue,) = issues(report(outcome(finding())))
    del issue["fingerprint"]
    assert issue == {
        "description": "ASA501 `order.items` is not loaded",
        "check_name": "lazy-attribute-access",
        "severity": "major",
        "location": {"path": "app/orders.py", "lines": {"begin": 3, "end": 3}},
    }


def test_severities() -> None:
    found = [finding(severity=severity) for severity in Severity]
    assert [issue["severity"] for issue in issues(report(outcome(*found)))] == ["major", "minor", "info"]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text(text: str) -> None:
    (issue,) = issues(report(outcome(hostile(text))))
    if "\udcff" not in text:
        assert issue["location"]["path"] == f"{text.replace('/', '-')}.py"


def fingerprints(*lines: int, source: tuple[str, ...] = SOURCE, hidden: tuple[int, ...] = ()) -> list[str]:
    """Fingerprints of findings at `row.items` on the given lines; hidden ones are suppressed."""
    found = [finding(Span(PATH, line, 7, line, 16)) for line in lines]
    suppressed = tuple(silenced(finding(Span(PATH, line, 7, line, 16))) for line in hidden)
    text = report(outcome(*found, suppressed=suppressed, lines=source))
    return [issue["fingerprint"] for issue in issues(text)]


def test_lines_above_do_not_change_it() -> None:
    assert fingerprints(3) == fingerprints(5, source=("", "", *SOURCE))


def test_messages_and_white_space_do_not_change_it() -> None:
    (plain,) = fingerprints(3)
    reworded = finding(message="`order.items` is not loaded by line 7")
    assert issues(report(outcome(reworded)))[0]["fingerprint"] == plain
    spread = finding(Span(PATH, 3, 7, 4, 8))
    text = report(outcome(spread, lines=(*SOURCE[:2], "return row.", "   items")))
    assert issues(text)[0]["fingerprint"] == plain


def test_another_place_is_another_finding() -> None:
    source = (*SOURCE, SOURCE[2])
    twice = fingerprints(3, 4, source=source)
    assert len(set(twice)) == 2
    assert twice[:1] == fingerprints(3, source=source)
    elsewhere = finding(Span("/project/app/b.py", 3, 7, 3, 16))
    other = finding(symbol="other")
    assert len({issue["fingerprint"] for issue in issues(report(outcome(finding(), elsewhere, other)))}) == 3


def test_suppressing_the_first_does_not_rename_the_second() -> None:
    source = (*SOURCE, SOURCE[2])
    assert fingerprints(4, source=source, hidden=(3,)) == fingerprints(3, 4, source=source)[1:]
