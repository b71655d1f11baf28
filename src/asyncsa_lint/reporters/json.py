"""Findings for programs: a list of objects, all positions 1-based, columns in characters."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from asyncsa_lint.findings import Edit, Finding, Fix, Related, Span
from asyncsa_lint.reporters.display import relative


def report(findings: Iterable[Finding], folder: str) -> str:
    """A JSON document; `folder` is what paths are relative to."""
    return json.dumps([_finding(finding, folder) for finding in findings], indent=2)


def _finding(finding: Finding, folder: str) -> dict[str, Any]:
    return {
        "code": finding.code,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        **_place(finding.span, folder),
        "symbol": finding.symbol,
        "related": [_related(related, folder) for related in finding.related],
        "fix": _fix(finding.fix, folder) if finding.fix is not None else None,
    }


def _place(span: Span, folder: str) -> dict[str, Any]:
    return {
        "path": relative(span.path, folder),
        "line": span.line,
        "column": span.column + 1,
        "end_line": span.end_line,
        "end_column": span.end_column + 1,
    }


def _related(related: Related, folder: str) -> dict[str, Any]:
    return {
        "path": relative(related.span.path, folder),
        "line": related.span.line,
        "column": related.span.column + 1,
        "message": related.message,
    }


def _fix(fix: Fix, folder: str) -> dict[str, Any]:
    return {
        "message": fix.message,
        "safe": fix.safe,
        "edits": [_edit(edit, folder) for edit in fix.edits],
    }


def _edit(edit: Edit, folder: str) -> dict[str, Any]:
    return {**_place(edit.span, folder), "text": edit.text}
