"""JSON output: positions and paths as promised, as one list or line by line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from asyncsa_lint.findings import Confidence, Edit, Finding, Fix, Related, Severity, Span
from asyncsa_lint.reporters import json_lines
from asyncsa_lint.reporters.json import report
from tests.reporters.samples import HOSTILE, hostile, outcome


def test_finding() -> None:
    span = Span("/project/app/a.py", 3, 0, 4, 9)
    finding = Finding(
        code="ASA609",
        rule="unawaited-database-call",
        severity=Severity.ERROR,
        confidence=Confidence.MEDIUM,
        message="m",
        span=span,
        symbol="Repo.get",
        related=(Related(Span("/project/b.py", 1, 4, 1, 8), "made here"),),
        fix=Fix("add `await`", safe=True, edits=(Edit(Span("/project/app/a.py", 3, 0, 3, 0), "await "),)),
    )
    assert json.loads(report(replace(outcome(finding), folder="/project/app"))) == [
        {
            "code": "ASA609",
            "rule": "unawaited-database-call",
            "severity": "error",
            "confidence": "medium",
            "message": "m",
            "path": "a.py",
            "line": 3,
            "column": 1,
            "end_line": 4,
            "end_column": 10,
            "symbol": "Repo.get",
            "related": [{"path": "../b.py", "line": 1, "column": 5, "message": "made here"}],
            "fix": {
                "message": "add `await`",
                "safe": True,
                "edits": [
                    {
                        "path": "a.py",
                        "line": 3,
                        "column": 1,
                        "end_line": 3,
                        "end_column": 1,
                        "text": "await ",
                    }
                ],
            },
        }
    ]


def test_nothing_found() -> None:
    assert json.loads(report(outcome())) == []
    assert json_lines.report(outcome()) == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text(text: str) -> None:
    document = report(outcome(hostile(text)))
    assert document.isascii()
    (found,) = json.loads(document)
    valid = text.encode("utf-8", "backslashreplace").decode()
    assert found["message"] == f"`{valid}` and {valid}"
    assert found["fix"]["edits"][0]["text"] == valid
    assert found["path"] == f"{valid.replace('/', '-')}.py"


def test_lines_hold_the_objects_of_the_list() -> None:
    run = outcome(*map(hostile, HOSTILE))
    lines = json_lines.report(run).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(report(run))
