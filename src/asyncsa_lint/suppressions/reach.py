"""Which lines a suppression is good for.

| comment | reach |
|---|---|
| `# noqa` | its line; the lines of a string or of backslashes that end there (as in flake8) |
| `# asyncsa: ignore` after code | what begins or ends on its line, and the statement that does |
| `# asyncsa: ignore` on its own line | the statement below, of a compound one the head with decorators |
| `# asyncsa: disable` on its own line | from there to `enable`, or to the end of the block it stands in |
| `# asyncsa: disable` after code | the statement, with its block when it opens one |
| `# asyncsa: ignore-file`, `# flake8: noqa` | the file |

The whole statement counts because formatters move a comment to its end when they break it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from asyncsa_lint.findings import Finding
from asyncsa_lint.suppressions.comments import Kind, Suppression, Verb
from asyncsa_lint.suppressions.layout import Layout, Logical, width

_END = 1 << 60
"""Beyond the last line of any file."""


@dataclass(frozen=True, slots=True)
class Region:
    """Lines that a `disable` or `enable` is about, both included."""

    first: int
    last: int

    def __contains__(self, line: int) -> bool:
        return self.first <= line <= self.last


class Reach:
    """The suppressions of one file and where each holds."""

    def __init__(self, suppressions: Iterable[Suppression], layout: Layout, lines: list[str]) -> None:
        self._layout = layout
        self._lines = lines
        self._plain: list[Suppression] = []
        self._regions: dict[Suppression, Region] = {}
        for each in suppressions:
            if each.verb in (Verb.DISABLE, Verb.ENABLE):
                self._regions[each] = self._region(each)
            elif each.verb is not None:
                self._plain.append(each)

    def hits(self, finding: Finding) -> list[tuple[Suppression, str]]:
        """Suppressions that mean the finding and reach it, each with the name that does."""
        found = [(each, name) for each in self._plain if (name := self._hit(each, finding)) is not None]
        line = finding.span.line
        latest: tuple[Suppression, str] | None = None
        for each, region in self._regions.items():
            name = each.fits(finding) if line in region else None
            if name is not None:
                latest = each, name
        if latest is not None and latest[0].verb is Verb.DISABLE:
            found.append(latest)
        return found

    def ends_something(self, enable: Suppression) -> bool:
        """Whether an `enable` stands where something that it means is disabled."""
        return any(
            each.verb is Verb.DISABLE
            and enable.line in region
            and (each.line, each.column) < (enable.line, enable.column)
            and each.overlaps(enable)
            for each, region in self._regions.items()
        )

    def _hit(self, each: Suppression, finding: Finding) -> str | None:
        if each.verb is Verb.IGNORE and not self._reaches(each, finding):
            return None
        return each.fits(finding)

    def _reaches(self, ignore: Suppression, finding: Finding) -> bool:
        layout, line = self._layout, ignore.line
        first, last = finding.span.line, finding.span.end_line
        if ignore.kind is Kind.NOQA:
            return line in (first, layout.room(first))
        if layout.is_alone(line):
            inside = layout.around(line)
            if inside is not None:
                return first == layout.next_code(line)
            if any(first in Region(head.first, head.last) for head in self._statement_below(line)):
                return True
        elif (statement := layout.around(first)) is not None and line in (statement.first, statement.last):
            return True
        return line in (first, last, layout.room(first), layout.room(last))

    def _statement_below(self, line: int) -> Iterable[Logical]:
        for head in self._layout.following(line):
            yield head
            if not head.decorator:
                return

    def _region(self, each: Suppression) -> Region:
        inside = self._layout.around(each.line)
        if self._layout.is_alone(each.line):
            if inside is not None:
                return Region(each.line, inside.last)
            return Region(each.line, self._block_end(each.line, width(self._lines[each.line - 1])))
        if inside is None:
            return Region(each.line, each.line)
        body = next(iter(self._layout.following(inside.last)), None)
        if body is None or body.indent <= inside.indent:
            return Region(inside.first, inside.last)
        return Region(inside.first, self._block_end(inside.last, inside.indent + 1))

    def _block_end(self, line: int, indent: int) -> int:
        """The last line before code that is less indented."""
        outside = (each.first for each in self._layout.following(line) if each.indent < indent)
        return next(outside, _END) - 1
