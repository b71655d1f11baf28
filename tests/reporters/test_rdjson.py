"""Reviewdog Diagnostic Format: nothing its messages do not have, columns in bytes."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from asyncsa_lint.findings import Edit, Fix, Severity, Span
from asyncsa_lint.reporters.rdjson import report
from tests.reporters.samples import HOSTILE, PATH, finding, hostile, outcome


def message(*required: str, **properties: Any) -> dict[str, Any]:
    """Schema of a protobuf message as JSON: unknown fields are refused."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


POSITION = message("line", line={"type": "integer", "minimum": 1}, column={"type": "integer", "minimum": 1})
RANGE = message("start", start=POSITION, end=POSITION)
SCHEMA = message(
    "diagnostics",
    source=message("name", name={"type": "string"}),
    diagnostics={
        "type": "array",
        "items": message(
            "message",
            "location",
            message={"type": "string"},
            location=message("path", path={"type": "string"}, range=RANGE),
            severity={"enum": ["ERROR", "WARNING", "INFO"]},
            code=message("value", value={"type": "string"}),
            suggestions={"type": "array", "items": message("range", range=RANGE, text={"type": "string"})},
        ),
    },
)


def diagnostics(text: str) -> list[dict[str, Any]]:
    """The checked diagnostics."""
    loaded = json.loads(text)
    jsonschema.validate(loaded, SCHEMA)
    found: list[dict[str, Any]] = loaded["diagnostics"]
    return found


def test_finding_with_trail_and_help() -> None:
    assert diagnostics(report(outcome(finding()))) == [
        {
            "message": "`order.items` is not loaded [lazy-attribute-access]\n"
            "app/orders.py:1: loaded here\n"
            "help: load it with `selectinload(Order.items)`",
            "location": {
                "path": "app/orders.py",
                "range": {"start": {"line": 3, "column": 8}, "end": {"line": 3, "column": 17}},
            },
            "severity": "ERROR",
            "code": {"value": "ASA501"},
        }
    ]


def test_severities() -> None:
    found = [finding(severity=severity) for severity in Severity]
    assert [each["severity"] for each in diagnostics(report(outcome(*found)))] == ["ERROR", "WARNING", "INFO"]


def test_columns_count_bytes() -> None:
    (found,) = diagnostics(report(outcome(finding(Span(PATH, 1, 2, 1, 3)), lines=("a\U00010400b",))))
    assert found["location"]["range"] == {
        "start": {"line": 1, "column": 6},
        "end": {"line": 1, "column": 7},
    }


def suggestions(*edits: Edit) -> list[Any] | None:
    """What reviewdog is offered for a repair of these edits."""
    (found,) = diagnostics(report(outcome(finding(fix=Fix("mend it", safe=True, edits=edits)))))
    suggested: list[Any] | None = found.get("suggestions")
    return suggested


def test_a_repair_in_one_place_is_a_suggestion() -> None:
    edit = Edit(Span(PATH, 3, 7, 3, 7), "await ")
    place = {"line": 3, "column": 8}
    assert suggestions(edit) == [{"range": {"start": place, "end": place}, "text": "await "}]
    assert suggestions() is None
    assert suggestions(edit, Edit(Span(PATH, 1, 0, 1, 0), "import x\n")) is None
    assert suggestions(Edit(Span("/project/b.py", 1, 0, 1, 0), "x")) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text(text: str) -> None:
    (found,) = diagnostics(report(outcome(hostile(text))))
    if "\udcff" not in text:
        assert found["location"]["path"] == f"{text.replace('/', '-')}.py"
        assert found["message"].startswith(f"`{text}` and {text}")
