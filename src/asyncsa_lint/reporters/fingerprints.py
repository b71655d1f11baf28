"""Names of findings that outlive edits elsewhere: what a CI server compares between two runs.

A fingerprint is made of the rule, the enclosing function and the flagged source without its
white space. Line numbers, messages (they may name lines) and comments do not count. The second
of two equal findings of a file is told from the first by its number, suppressed ones counted,
so that suppressing one changes no other.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from asyncsa_lint.findings import Finding, Span
from asyncsa_lint.reporters.outcome import Outcome


def fingerprints(outcome: Outcome) -> dict[Finding, str]:
    """A hexadecimal name for every finding of the run, suppressed ones included."""
    seen: Counter[tuple[str, ...]] = Counter()
    names: dict[Finding, str] = {}
    for finding, _ in outcome.every():
        parts = (finding.code, finding.symbol, _source(outcome.lines(finding.span.path), finding.span))
        key = (finding.span.path, *parts)
        names[finding] = digest(*parts, str(seen[key]))
        seen[key] += 1
    return names


def digest(*parts: str) -> str:
    """One name made of several; no two lists of parts share it."""
    hashed = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        hashed.update(b"%d:" % len(data))
        hashed.update(data)
    return hashed.hexdigest()[:32]


def _source(lines: Sequence[str], span: Span) -> str:
    if not 0 < span.line <= span.end_line <= len(lines):
        return ""
    text = [*lines[span.line - 1 : span.end_line]]
    text[-1] = text[-1][: span.end_column]
    text[0] = text[0][span.column :]
    return "".join("".join(text).split())
