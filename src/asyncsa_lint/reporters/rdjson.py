"""Findings in the Reviewdog Diagnostic Format, which reviewdog turns into review comments.

Columns there count bytes of UTF-8, from 1, ends exclusive. A suggestion is one range of the file
itself, so only repairs of that form become one. Source: reviewdog, `proto/rdf/reviewdog.proto`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asyncsa_lint.findings import Finding, Severity, Span
from asyncsa_lint.reporters.display import shown_path
from asyncsa_lint.reporters.json import dump
from asyncsa_lint.reporters.outcome import Outcome

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.ADVICE: "INFO"}


def report(outcome: Outcome) -> str:
    """A JSON document: one DiagnosticResult."""
    diagnostics = [_diagnostic(finding, outcome) for finding in outcome.findings]
    return dump({"source": {"name": "asyncsa-lint"}, "diagnostics": diagnostics}, indent=2)


def _diagnostic(finding: Finding, outcome: Outcome) -> dict[str, Any]:
    diagnostic: dict[str, Any] = {
        "message": _message(finding, outcome),
        "location": {"path": outcome.path(finding.span.path), "range": _range(finding.span, outcome)},
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code},
    }
    edits = finding.fix.edits if finding.fix is not None else ()
    if len(edits) == 1 and edits[0].span.path == finding.span.path:
        diagnostic["suggestions"] = [{"range": _range(edits[0].span, outcome), "text": edits[0].text}]
    return diagnostic


def _message(finding: Finding, outcome: Outcome) -> str:
    lines = [f"{finding.message} [{finding.rule}]"]
    for related in finding.related:
        place = shown_path(related.span.path, outcome.folder)
        lines.append(f"{place}:{related.span.line}: {related.message}")
    if finding.fix is not None:
        lines.append(f"help: {finding.fix.message}")
    return "\n".join(lines)


def _range(span: Span, outcome: Outcome) -> dict[str, Any]:
    lines = outcome.lines(span.path)
    return {
        "start": _position(lines, span.line, span.column),
        "end": _position(lines, span.end_line, span.end_column),
    }


def _position(lines: Sequence[str], line: int, column: int) -> dict[str, int]:
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    beyond = max(0, column - len(text))
    return {"line": line, "column": len(text[:column].encode("utf-8", "replace")) + beyond + 1}
