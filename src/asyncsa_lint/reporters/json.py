"""Findings for programs: a list of objects, all positions 1-based, columns in characters.

The text is ASCII, so that no encoding of standard output can break it.
"""

from __future__ import annotations

import json
from typing import Any

from asyncsa_lint.findings import Edit, Finding, Fix, Related, Span
from asyncsa_lint.reporters.display import encodable
from asyncsa_lint.reporters.outcome import Outcome


def report(outcome: Outcome) -> str:
    """A JSON document: the list of the findings."""
    return dump([record(finding, outcome) for finding in outcome.findings], indent=2)


def dump(value: Any, indent: int | None = None) -> str:
    """A value as one JSON text; strings that are no valid Unicode are made so."""
    return json.dumps(_encodable(value), indent=indent) + "\n"


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {key: _encodable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    return value


def record(finding: Finding, outcome: Outcome) -> dict[str, Any]:
    """One finding as an object."""
    return {
        "code": finding.code,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        **_place(finding.span, outcome),
        "symbol": finding.symbol,
        "related": [_related(related, outcome) for related in finding.related],
        "fix": _fix(finding.fix, outcome) if finding.fix is not None else None,
    }


def _place(span: Span, outcome: Outcome) -> dict[str, Any]:
    return {
        "path": outcome.path(span.path),
        "line": span.line,
        "column": span.column + 1,
        "end_line": span.end_line,
        "end_column": span.end_column + 1,
    }


def _related(related: Related, outcome: Outcome) -> dict[str, Any]:
    return {
        "path": outcome.path(related.span.path),
        "line": related.span.line,
        "column": related.span.column + 1,
        "message": related.message,
    }


def _fix(fix: Fix, outcome: Outcome) -> dict[str, Any]:
    return {
        "message": fix.message,
        "safe": fix.safe,
        "edits": [_edit(edit, outcome) for edit in fix.edits],
    }


def _edit(edit: Edit, outcome: Outcome) -> dict[str, Any]:
    return {**_place(edit.span, outcome), "text": edit.text}
