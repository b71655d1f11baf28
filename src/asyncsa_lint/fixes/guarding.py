"""Lines that no repair may touch: those on which a comment silences findings of ours."""

from __future__ import annotations

from dataclasses import replace

from asyncsa_lint.findings import Confidence, Edit, Finding, Severity, Span
from asyncsa_lint.fixes.changes import Change, NotFixable, Sources
from asyncsa_lint.suppressions.comments import Kind, Suppression, Verb, is_prefix, parse
from asyncsa_lint.suppressions.layout import layout_of
from asyncsa_lint.suppressions.reach import Reach


class Guard:
    """The suppressions of the files that are to be changed."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._reaches: dict[str, Reach | None] = {}

    def check(self, change: Change) -> None:
        """Raise NotFixable when the change would touch a suppressed line."""
        for edit in change.edits:
            reach = self._reach(edit.span.path)
            for line in _touched(edit) if reach is not None else ():
                if reach is not None and reach.hits(_anything(edit.span.path, line)):
                    raise NotFixable("a line that would be changed carries a suppression")

    def _reach(self, path: str) -> Reach | None:
        if path not in self._reaches:
            source = self._sources(path)
            ours = (
                [_of_any_rule(each) for each in parse(source.comments()) if _is_ours(each)] if source else []
            )
            found = (
                Reach(ours, layout_of(source.lines), source.lines) if source is not None and ours else None
            )
            self._reaches[path] = found
        return self._reaches[path]


def _is_ours(each: Suppression) -> bool:
    """About a place, and about a rule of ours; one for the whole file speaks of no line."""
    if each.verb is Verb.IGNORE_FILE:
        return False
    return each.kind is Kind.OWN or not each.names or any(is_prefix(name) for name in each.names)


def _of_any_rule(each: Suppression) -> Suppression:
    return replace(each, names=())


def _touched(edit: Edit) -> range:
    """Lines whose text changes; whole lines that are put between others leave these alone."""
    span = edit.span
    whole = span.column == 0 and span.end_column == 0 and edit.text[-1:] in {"\n", ""}
    return range(span.line, span.end_line if whole else span.end_line + 1)


def _anything(path: str, line: int) -> Finding:
    """Stands for a finding on the line."""
    return Finding("ASA", "", Severity.ERROR, Confidence.HIGH, "", Span(path, line, 0, line, 0))
