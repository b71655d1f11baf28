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

    def above(self, path: str) -> str:
        """The path in this checkout."""
        return self._prefix + path

    def analysis_to_plain(self, analysis: ModuleAnalysis) -> Plain:
        """An analysis as plain data; raises Outside."""
        found = [
            [type(event).__name__, *to_plain(type(event), _moved(event, self.below))]
            for event in analysis.events
        ]
        reached = sorted([self.below(path), name] for path, name in analysis.reached)
        return [found, sorted(analysis.give_ups.items()), reached]

    def analysis_from_plain(self, data: Plain) -> ModuleAnalysis:
        """The analysis that was written; raises NotPlain."""
        found, give_ups, reached = _rows(data, 3)
        return ModuleAnalysis(
            tuple([self._event(row) for row in _rows(found)]),
            from_plain(dict[str, int], give_ups),
            frozenset((self.above(path), name) for path, name in from_plain(_REACHED, reached)),
        )

    def _event(self, row: Plain) -> Event:
        name, *values = _rows(row)
        kind = _EVENTS.get(name) if isinstance(name, str) else None
        if kind is None:
            raise NotPlain("no event")
        return _moved(from_plain(kind, values), self.above)

    def findings_to_plain(self, findings: tuple[Finding, ...]) -> Plain:
        """Findings as plain data; raises Outside."""
        return to_plain(tuple[Finding, ...], _moved(findings, self.below))

    def findings_from_plain(self, data: Plain) -> tuple[Finding, ...]:
        """The findings that were written; raises NotPlain."""
        return _moved(from_plain(tuple[Finding, ...], data), self.above)


def _rows(data: Plain, length: int | None = None) -> list[Plain]:
    if type(data) is not list or (length is not None and len(data) != length):
        raise NotPlain("not a list of the length expected")
    return data


def _moved(value: T, change: Callable[[str], str]) -> T:
    """The value with the path of every span in it changed."""
    moved: Any = value
    if isinstance(value, Span):
        return dataclasses.replace(value, path=change(value.path))
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
