"""Analyses and findings as plain data; their paths are kept relative to the project."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from asyncsa_lint.findings import Finding, Span
from asyncsa_lint.flow import events
from asyncsa_lint.flow.analysis import ModuleAnalysis
from asyncsa_lint.flow.events import Event
from asyncsa_lint.plain import NotPlain, Plain, from_plain, to_plain

T = TypeVar("T")

_EVENTS: Mapping[str, type[Event]] = {
    name: kind
    for name, kind in vars(events).items()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
}


_REACHED = tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    """Lines `first` to `last` stand `by` lines further down."""

    first: int
    last: int
    by: int


Moves = Mapping[str, tuple[Move, ...]]
"""What has moved in files that have changed, by path below the root."""


class Outside(Exception):
    """A path that is not below the root can not be kept."""


class Places:
    """Paths of a project as they are kept, and as they are used."""

    def __init__(self, root: str) -> None:
        self._prefix = f"{root.rstrip('/')}/"

    def below(self, path: str) -> str:
        """The path relative to the root; raises Outside."""
        if not path.startswith(self._prefix):
            raise Outside(path)
        return path[len(self._prefix) :]

    def is_below(self, path: str) -> bool:
        """Whether the path is one of the project."""
        return path.startswith(self._prefix)

    def above(self, path: str) -> str:
        """The path in this checkout."""
        return self._prefix + path

    def analysis_to_plain(self, analysis: ModuleAnalysis) -> Plain:
        """An analysis as plain data; raises Outside."""
        found = [
            [type(event).__name__, *to_plain(type(event), _moved(event, self._span_below))]
            for event in analysis.events
        ]
        reached = sorted([self.below(path), name] for path, name in analysis.reached)
        return [found, sorted(analysis.give_ups.items()), reached]

    def analysis_from_plain(self, data: Plain, moves: Moves) -> ModuleAnalysis:
        """The analysis that was written, with places as they are now; raises NotPlain."""
        found, give_ups, reached = _rows(data, 3)
        return ModuleAnalysis(
            tuple([self._event(row, moves) for row in _rows(found)]),
            from_plain(dict[str, int], give_ups),
            frozenset((self.above(path), name) for path, name in from_plain(_REACHED, reached)),
        )

    def _event(self, row: Plain, moves: Moves) -> Event:
        name, *values = _rows(row)
        kind = _EVENTS.get(name) if isinstance(name, str) else None
        if kind is None:
            raise NotPlain("no event")
        return _moved(from_plain(kind, values), lambda span: self._span_above(_shifted(span, moves)))

    def findings_to_plain(self, findings: tuple[Finding, ...]) -> Plain:
        """Findings as plain data; raises Outside."""
        return to_plain(tuple[Finding, ...], _moved(findings, self._span_below))

    def findings_from_plain(self, data: Plain) -> tuple[Finding, ...]:
        """The findings that were written; raises NotPlain."""
        return _moved(from_plain(tuple[Finding, ...], data), self._span_above)

    def _span_below(self, span: Span) -> Span:
        return dataclasses.replace(span, path=self.below(span.path))

    def _span_above(self, span: Span) -> Span:
        return dataclasses.replace(span, path=self.above(span.path))


def _shifted(span: Span, moves: Moves) -> Span:
    """Where it stands after the moves: with the smallest part around it; NotPlain where there is none."""
    moved = moves.get(span.path)
    if moved is None:
        return span
    around = [each for each in moved if each.first <= span.line and span.end_line <= each.last]
    if not around:
        raise NotPlain("a place of which nothing was asked")
    by = min(around, key=lambda each: each.last - each.first).by
    return dataclasses.replace(span, line=span.line + by, end_line=span.end_line + by)


def _rows(data: Plain, length: int | None = None) -> list[Plain]:
    if type(data) is not list or (length is not None and len(data) != length):
        raise NotPlain("not a list of the length expected")
    return data


def _moved(value: T, change: Callable[[Span], Span]) -> T:
    """The value with every span in it changed."""
    moved: Any = value
    if isinstance(value, Span):
        return change(value)  # type: ignore[return-value]  # of the same type
    if isinstance(value, tuple):
        moved = tuple([_moved(item, change) for item in value])
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for field in dataclasses.fields(value):
            old = getattr(value, field.name)
            new = _moved(old, change)
            if new is not old and new != old:
                changes[field.name] = new
        moved = dataclasses.replace(value, **changes) if changes else value
    return moved  # type: ignore[no-any-return]  # of the same type
