"""Findings as workflow commands: GitHub shows them as annotations of the changed lines.

A command is one line, `::error file=...,line=...::message`; percent signs, line ends and, in
properties, colons and commas are written as `%XX`. The log shows only the message, which
therefore names the place too.

Source: GitHub Actions documentation, "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Finding, Severity, Span
from asyncsa_lint.reporters.display import printable, shown_path
from asyncsa_lint.reporters.outcome import Outcome

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "notice"}
_IN_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def report(outcome: Outcome) -> str:
    """One workflow command a line; nothing when there are no findings."""
    return "".join(f"{_command(finding, outcome)}\n" for finding in outcome.findings)


def _command(finding: Finding, outcome: Outcome) -> str:
    properties = {
        "title": f"{finding.code} {finding.rule}",
        "file": outcome.path(finding.span.path),
        **_range(finding.span),
    }
    listed = ",".join(f"{key}={_visible(value, _IN_PROPERTY)}" for key, value in properties.items())
    message = "%0A".join(_visible(line, _IN_DATA) for line in _message(finding, outcome))
    return f"::{_COMMANDS[finding.severity]} {listed}::{message}"


def _range(span: Span) -> dict[str, str]:
    """GitHub takes columns only where the range does not leave its line."""
    if span.line != span.end_line:
        return {"line": str(span.line), "endLine": str(span.end_line)}
    last = max(span.column + 1, span.end_column)
    return {
        "line": str(span.line),
        "endLine": str(span.line),
        "col": str(span.column + 1),
        "endColumn": str(last),
    }


def _message(finding: Finding, outcome: Outcome) -> Iterator[str]:
    yield f"{_place(finding.span, outcome)}: {finding.code} {finding.message}"
    for related in finding.related:
        yield f"{_place(related.span, outcome)}: {related.message}"
    if finding.fix is not None:
        yield f"help: {finding.fix.message}"


def _place(span: Span, outcome: Outcome) -> str:
    return f"{shown_path(span.path, outcome.folder)}:{span.line}:{span.column + 1}"


def _visible(text: str, table: dict[int, str]) -> str:
    """The text with what the command reserves as `%XX` and what a terminal obeys as escapes."""
    return "".join(table.get(ord(char)) or printable(char) for char in text)
