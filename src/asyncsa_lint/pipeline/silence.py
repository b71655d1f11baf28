"""Applies the suppression comments of a file and judges the comments themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asyncsa_lint.findings import Finding, Span, Suppressed
from asyncsa_lint.pipeline.selection import complaint, is_planned
from asyncsa_lint.pipeline.tool_rules import (
    ALWAYS_REPORTED,
    SUPPRESSION_WITHOUT_REASON,
    UNKNOWN_SUPPRESSION,
    UNUSED_SUPPRESSION,
)
from asyncsa_lint.project.names import Project
from asyncsa_lint.suppressions import (
    MARKS,
    Kind,
    Stale,
    Suppression,
    apply,
    noqa_lines,
    parse,
)


@dataclass(frozen=True, slots=True)
class Silenced:
    """Findings that remain, with those about the comments, and findings that a comment hides."""

    findings: tuple[Finding, ...]
    silenced: tuple[Suppressed, ...] = ()


def silence(project: Project, path: str, findings: tuple[Finding, ...], kinds: frozenset[Kind]) -> Silenced:
    """Apply the comments of the given kinds to the findings of one file."""
    source = project.source(path) if project.mentions(path, MARKS) else None
    if source is None:
        return Silenced(findings)
    suppressions = parse(source.comments())
    if not suppressions:
        return Silenced(findings)
    permanent = tuple(finding for finding in findings if finding.code in ALWAYS_REPORTED)
    others = tuple(finding for finding in findings if finding.code not in ALWAYS_REPORTED)
    noqa_at = noqa_lines(source.lines) if others else {}
    outcome = apply(suppressions, others, noqa_at, kinds)
    about = (*_unused(path, outcome.stale), *_unknown(path, suppressions), *_unexplained(path, suppressions))
    return Silenced((*permanent, *outcome.remaining, *about), outcome.silenced)


def _unused(path: str, stale: tuple[Stale, ...]) -> Iterator[Finding]:
    for each in stale:
        names = [name for name in each.names if not complaint(name)]
        if each.names and not names:
            continue
        what = f": no finding of {_listed(names)} here" if names else ": there is no finding here"
        message = f"unused suppression `{each.suppression.text.lstrip('# ')}`{what}"
        yield UNUSED_SUPPRESSION.finding(_span(path, each.suppression), message)


def _unknown(path: str, suppressions: tuple[Suppression, ...]) -> Iterator[Finding]:
    for each in suppressions:
        for name in each.names:
            ours = each.kind is Kind.OWN or name.upper().startswith("ASA")
            problem = complaint(name) if ours and not is_planned(name) else ""
            if problem:
                yield UNKNOWN_SUPPRESSION.finding(_span(path, each), f"suppression names {problem}")


def _unexplained(path: str, suppressions: tuple[Suppression, ...]) -> Iterator[Finding]:
    for each in suppressions:
        if each.kind is Kind.OWN and not each.reason:
            message = "suppression does not say why the finding may be ignored"
            yield SUPPRESSION_WITHOUT_REASON.finding(_span(path, each), message)


def _span(path: str, suppression: Suppression) -> Span:
    end = suppression.column + len(suppression.text)
    return Span(path, suppression.line, suppression.column, suppression.line, end)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
