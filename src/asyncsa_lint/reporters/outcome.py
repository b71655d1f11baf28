"""What every reporter is given: the findings of one run, and where to look up the rest.

A reporter is a function from an `Outcome` to text. It reads no file, no clock and no
environment, so that the same run gives the same report everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from asyncsa_lint.findings import Finding, Severity, Suppressed
from asyncsa_lint.reporters.display import relative

Lines = Callable[[str], Sequence[str]]
"""Source lines of a path; empty when it can not be read."""

_SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n?)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RuleHelp:
    """What a report says of a rule; `page` is Markdown, its first line says what is found."""

    code: str
    name: str
    severity: Severity
    page: str

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.partition("\n")[0]

    @property
    def description(self) -> str:
        """The first section of the page as one paragraph; the summary where there is none."""
        for _, text in _SECTION.findall(self.page):
            return " ".join(str(text).split())
        return self.summary


@dataclass(frozen=True, slots=True)
class Outcome:
    """The findings of one run, sorted, shown and suppressed ones; `folder` is what paths are relative to."""

    findings: tuple[Finding, ...]
    folder: str
    lines: Lines
    suppressed: tuple[Suppressed, ...] = ()
    files: int = 0
    older: int = 0
    """How many findings are left out because they are older than what was asked for."""
    unanalysed: frozenset[str] = frozenset()
    """The codes that say of a file that it, or a rule on it, could not be analysed."""
    rules: Mapping[str, RuleHelp] = field(default_factory=dict)
    """By code; every code of the findings is there."""

    @property
    def incomplete(self) -> bool:
        """Whether findings may be missing, because something could not be analysed."""
        return any(finding.code in self.unanalysed for finding in self.findings)

    def path(self, path: str) -> str:
        """A path as the report spells it."""
        return relative(path, self.folder)

    def every(self) -> list[tuple[Finding, Suppressed | None]]:
        """Shown and suppressed findings in one order, the latter with what suppresses them."""
        merged: list[tuple[Finding, Suppressed | None]] = [(finding, None) for finding in self.findings]
        merged += [(each.finding, each) for each in self.suppressed]
        return sorted(merged, key=lambda pair: pair[0].sort_key)
