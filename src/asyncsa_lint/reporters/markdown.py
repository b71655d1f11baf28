"""Findings as a page in Markdown, for the summary of a CI job or a comment on a merge request.

Text of the analysed files is shown, never obeyed: what is not plain words stands in code spans or
as character references, so neither markup nor a table's bars get through.
"""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Finding, Severity, Span
from asyncsa_lint.reporters.display import printable, shown_path
from asyncsa_lint.reporters.outcome import Outcome
from asyncsa_lint.reporters.text import summary_of

MAX_BYTES = 900_000
"""GitHub shows no job summary above 1 MiB ("Workflow commands", "Step isolation and limits")."""

_SYMBOLS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.ADVICE: "💡"}
_MARKUP = frozenset("\\`*_[]<>|&~@#$!")
_HEAD = ("| | place | finding |", "|---|---|---|")


def report(outcome: Outcome) -> str:
    """A heading, the summary, and a table with a row for each finding."""
    lines = ["## asyncsa-lint", "", summary_of(outcome)]
    if outcome.findings:
        lines += ["", *_HEAD, *_rows(outcome)]
    return "".join(f"{line}\n" for line in lines)


def _rows(outcome: Outcome) -> Iterator[str]:
    size = 0
    for number, finding in enumerate(outcome.findings):
        row = _row(finding, outcome)
        size += len(row.encode("utf-8", "replace")) + 1
        if size > MAX_BYTES:
            yield f"| | | and {len(outcome.findings) - number} more |"
            return
        yield row


def _row(finding: Finding, outcome: Outcome) -> str:
    cell = [f"**{finding.code}** {_prose(finding.message)} ({_code(finding.rule)})"]
    cell += [f"{_place(each.span, outcome)} {_prose(each.message)}" for each in finding.related]
    if finding.fix is not None:
        cell.append(f"**help:** {_prose(finding.fix.message)}")
    symbol = f"{_SYMBOLS[finding.severity]} {finding.severity}"
    return f"| {symbol} | {_place(finding.span, outcome)} | {'<br>'.join(cell)} |"


def _place(span: Span, outcome: Outcome) -> str:
    return _code(f"{shown_path(span.path, outcome.folder)}:{span.line}:{span.column + 1}")


def _prose(text: str) -> str:
    """A message: names between backticks become code, all else is plain text."""
    parts = printable(text).split("`")
    if len(parts) % 2 == 0:
        return _plain(text)
    return "".join(_code(part) if number % 2 else _plain(part) for number, part in enumerate(parts) if part)


def _code(text: str) -> str:
    text = printable(text)
    if "`" in text or "|" in text or text.strip() != text:
        return f"<code>{_references(text)}</code>"
    return f"`{text}`"


def _plain(text: str) -> str:
    return "".join(f"&#{ord(char)};" if char in _MARKUP else char for char in printable(text))


def _references(text: str) -> str:
    return "".join(char if char.isalnum() or char == " " else f"&#{ord(char)};" for char in text)
