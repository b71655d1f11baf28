"""Findings for programs that read line by line: the objects of the JSON report, one on each line."""

from __future__ import annotations

from asyncsa_lint.reporters.json import dump, record
from asyncsa_lint.reporters.outcome import Outcome


def report(outcome: Outcome) -> str:
    """One JSON object a line; nothing when there are no findings."""
    return "".join(dump(record(finding, outcome)) for finding in outcome.findings)
