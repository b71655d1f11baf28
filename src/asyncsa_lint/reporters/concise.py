"""One line for each finding, in the form that editors and scripts know from compilers."""

from __future__ import annotations

from asyncsa_lint.findings import Finding
from asyncsa_lint.reporters.display import paint, printable, shown_path
from asyncsa_lint.reporters.outcome import Outcome
from asyncsa_lint.reporters.text import summary_of


def report(outcome: Outcome, *, colour: bool = False) -> str:
    """`path:line:column: code message [rule]` for each finding, then the summary."""
    lines = [_line(finding, outcome, colour) for finding in outcome.findings]
    lines.append(summary_of(outcome))
    return "".join(f"{line}\n" for line in lines)


def _line(finding: Finding, outcome: Outcome, colour: bool) -> str:
    span = finding.span
    path = paint(shown_path(span.path, outcome.folder), "path", colour)
    code = paint(finding.code, finding.severity, colour)
    rule = paint(f"[{finding.rule}]", "quiet", colour)
    return f"{path}:{span.line}:{span.column + 1}: {code} {printable(finding.message)} {rule}"
