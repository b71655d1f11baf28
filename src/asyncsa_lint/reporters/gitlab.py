"""Findings as a code quality report: GitLab shows them in the merge request, compared with its target.

A finding that is in both reports is recognised by its fingerprint, which has to be unique in a
report. Source: GitLab documentation, "Code Quality", section "Code Quality report format".
"""

from __future__ import annotations

from typing import Any

from asyncsa_lint.findings import Finding, Severity
from asyncsa_lint.reporters.fingerprints import digest, fingerprints
from asyncsa_lint.reporters.json import dump
from asyncsa_lint.reporters.outcome import Outcome

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.ADVICE: "info"}


def report(outcome: Outcome) -> str:
    """A JSON document: the list of the issues."""
    names = fingerprints(outcome)
    return dump([_issue(finding, names[finding], outcome) for finding in outcome.findings], indent=2)


def _issue(finding: Finding, name: str, outcome: Outcome) -> dict[str, Any]:
    path = outcome.path(finding.span.path)
    return {
        "description": f"{finding.code} {finding.message}",
        "check_name": finding.rule,
        "fingerprint": digest(path, name),
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": path,
            "lines": {"begin": finding.span.line, "end": finding.span.end_line},
        },
    }
