"""Applies the suppression comments of a file and judges the comments themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from asyncsa_lint.findings import Finding, Span, Suppressed
from asyncsa_lint.pipeline.selection import complaint, is_planned
from asyncsa_lint.pipeline.tool_rules import (
    ALWAYS_REPORTED,
    SUPPRESSION_WITHOUT_REASON,
    TOOL_RULES,
    UNKNOWN_SUPPRESSION,
    UNUSED_SUPPRESSION,
)
from asyncsa_lint.project.names import Project
from asyncsa_lint.source import SourceText
from asyncsa_lint.suppressions import Stale, apply
from asyncsa_lint.suppressions.comments import OURS, Kind, Suppression, Verb, is_prefix, may_suppress, parse
from asyncsa_lint.suppressions.layout import Layout, layout_of
from asyncsa_lint.suppressions.reach import Reach

_TOOL_NAMES = frozenset(tool.name for tool in TOOL_RULES)
_TOOL_CODES = "ASA0"
_FIRST_WORD = re.compile(r"[\s=:(]*([\w-]+)")
_ONE_CODE = re.compile(r"ASA\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Silenced:
    """Findings that remain, with those about the comments, and findings that a comment hides."""

    findings: tuple[Finding, ...]
    silenced: tuple[Suppressed, ...] = ()


def silence(project: Project, path: str, findings: tuple[Finding, ...], kinds: frozenset[Kind]) -> Silenced:
    """Apply the comments of the given kinds to the findings of one file.

    What is found about a comment can be silenced too, by a comment that names its rule.
    """
    data = project.trees.data(path) or b""
    concerned = may_suppress(data) and (findings or OURS.search(data))
    source = project.places(path) if concerned else None
    suppressions = tuple(map(_in_doubt_nothing, parse(source.comments()))) if source is not None else ()
    if source is None or not suppressions:
        return Silenced(findings)
    permanent = tuple(finding for finding in findings if finding.code in ALWAYS_REPORTED)
    others = tuple(finding for finding in findings if finding.code not in ALWAYS_REPORTED)
    layout = layout_of(source.lines)
    outcome = apply(suppressions, others, Reach(suppressions, layout, source.lines), kinds)
    unused = () if permanent else outcome.stale  # where the analysis failed nothing is known to be unused
    about = (*_unused(path, unused), *_unknown(path, suppressions), *_unexplained(path, suppressions))
    second = apply((), about, _reach_of_tool_rules(suppressions, source, layout), kinds)
    return Silenced((*permanent, *outcome.remaining, *second.remaining), outcome.silenced + second.silenced)


def _in_doubt_nothing(suppression: Suppression) -> Suppression:
    """A comment of ours as it counts: not at all when it names a rule, but not in brackets.

    Taken for a reason, the name of one rule would silence every rule.
    """
    word = _FIRST_WORD.match(suppression.reason)
    if suppression.kind is not Kind.OWN or suppression.names or word is None:
        return suppression
    named = suppression.reason.startswith("=") or _ONE_CODE.fullmatch(word[1]) or _is_rule(word[1])
    return replace(suppression, verb=None) if named else suppression


def _is_rule(word: str) -> bool:
    return "-" in word and (not complaint(word) or is_planned(word))


def _reach_of_tool_rules(suppressions: Iterable[Suppression], source: SourceText, layout: Layout) -> Reach:
    """The comments as far as they name tool rules; flake8's bare comments mean these too."""
    meant = []
    for each in suppressions:
        names = tuple(name for name in each.names if _is_tool(name))
        if names or (each.kind is Kind.NOQA and not each.names):
            meant.append(replace(each, names=names))
    return Reach(meant, layout, source.lines)


def _is_tool(name: str) -> bool:
    return name in _TOOL_NAMES or name.upper().startswith(_TOOL_CODES)


def _unused(path: str, stale: tuple[Stale, ...]) -> Iterator[Finding]:
    for each in stale:
        names = [name for name in each.names if not _is_tool(name) and not complaint(name)]
        if each.names and not names:
            continue
        what = f": no finding of {_listed(names)} here" if names else ": there is no finding here"
        if each.suppression.verb is Verb.ENABLE:
            what = ": nothing of it is disabled here"
        yield UNUSED_SUPPRESSION.finding(
            _span(path, each.suppression), f"unused suppression `{_said(each.suppression)}`{what}"
        )


def _unknown(path: str, suppressions: tuple[Suppression, ...]) -> Iterator[Finding]:
    verbs = ", ".join(f"`{verb}`" for verb in Verb)
    for each in suppressions:
        if each.verb is None:
            message = (
                f"suppression `{_said(each)}` is not understood; allowed are {verbs}, with rules in brackets"
            )
            yield UNKNOWN_SUPPRESSION.finding(_span(path, each), message)
            continue
        for name in each.names:
            ours = each.kind is Kind.OWN or is_prefix(name)
            problem = complaint(name) if ours and not is_planned(name) else ""
            if problem:
                yield UNKNOWN_SUPPRESSION.finding(_span(path, each), f"suppression names {problem}")


def _unexplained(path: str, suppressions: tuple[Suppression, ...]) -> Iterator[Finding]:
    for each in suppressions:
        ours = each.kind is Kind.OWN or any(map(is_prefix, each.names))
        if ours and not each.reason and each.verb not in (None, Verb.ENABLE):
            message = "suppression does not say why the finding may be ignored"
            yield SUPPRESSION_WITHOUT_REASON.finding(_span(path, each), message)


def _said(suppression: Suppression) -> str:
    return suppression.text.lstrip("# ")


def _span(path: str, suppression: Suppression) -> Span:
    end = suppression.column + len(suppression.text)
    return Span(path, suppression.line, suppression.column, suppression.line, end)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
