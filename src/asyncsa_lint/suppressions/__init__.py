"""Comments that silence findings, as plain data.

* `# noqa`, `# noqa: ASA501, ASA6` and `# flake8: noqa` as flake8 has them, codes by prefix;
* `# asyncsa: ignore[rule-or-code, ...] reason` for one statement;
* `# asyncsa: disable[...] reason` to `# asyncsa: enable[...]` for a block;
* `# asyncsa: ignore-file[...] reason` for the file.

Without brackets a comment means every rule. `reach` says how far each of them goes. flake8
applies `# noqa` itself; everywhere else, and for the other spellings, we do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asyncsa_lint.findings import Finding, Origin, Suppressed
from asyncsa_lint.suppressions.comments import Kind, Suppression, Verb, is_prefix
from asyncsa_lint.suppressions.reach import Reach

__all__ = ["Kind", "Outcome", "Stale", "apply"]


@dataclass(frozen=True, slots=True)
class Stale:
    """Names of a suppression that silenced nothing; no names: the whole comment."""

    suppression: Suppression
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What remains of the findings of one file, and which suppressions did nothing."""

    remaining: tuple[Finding, ...]
    silenced: tuple[Suppressed, ...]
    stale: tuple[Stale, ...]


def apply(
    suppressions: tuple[Suppression, ...],
    findings: Iterable[Finding],
    reach: Reach,
    silencing: frozenset[Kind],
) -> Outcome:
    """Match the findings of one file with its suppressions, of which `reach` was made.

    Suppressions of a kind not in `silencing` are matched, so that they are not called stale,
    but silence nothing: the host does that itself.
    """
    used: dict[Suppression, set[str]] = {}
    remaining: list[Finding] = []
    silenced: list[Suppressed] = []
    for finding in findings:
        hits = reach.hits(finding)
        for hit, name in hits:
            used.setdefault(hit, set()).add(name)
        effective = [hit for hit, _ in hits if hit.kind in silencing]
        if effective:
            reason = next((hit.reason for hit in effective if hit.reason), "")
            silenced.append(Suppressed(finding, Origin.COMMENT, reason))
        else:
            remaining.append(finding)
    return Outcome(tuple(remaining), tuple(silenced), tuple(_stale(suppressions, used, reach)))


def _stale(
    suppressions: tuple[Suppression, ...], used: dict[Suppression, set[str]], reach: Reach
) -> Iterator[Stale]:
    """Own suppressions that did nothing; of noqa only what names codes of ours."""
    for suppression in suppressions:
        if suppression.verb is None:
            continue
        if suppression.verb is Verb.ENABLE:
            if not reach.ends_something(suppression):
                yield Stale(suppression, ())
            continue
        used_names = used.get(suppression, set())
        candidates = suppression.names
        if suppression.kind is Kind.NOQA:
            candidates = tuple(filter(is_prefix, candidates))
        elif not candidates and not used_names:
            yield Stale(suppression, ())
        unused = tuple(name for name in candidates if name not in used_names)
        if unused:
            yield Stale(suppression, unused)
