"""What one repair changes: edits by place, and the imports that the new code needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from asyncsa_lint.findings import Edit, Finding, Span
from asyncsa_lint.source import SourceFile

Sources = Callable[[str], SourceFile | None]
"""The present text of a file, parsed; None when it can not be read."""


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """`from module import name` in a file; `module` may be relative."""

    path: str
    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """The edits that repair one or more findings together."""

    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]
    imports: tuple[Import, ...] = ()
    replaced: tuple[Import, ...] = ()
    """Imports that go when nothing else needs them."""

    @property
    def paths(self) -> frozenset[str]:
        """Files that are changed."""
        return frozenset(edit.span.path for edit in self.edits) | {each.path for each in self.imports}


class NotFixable(Exception):
    """The repair can not be made here; the message says why, for the user."""


def inserted(path: str, line: int, column: int, text: str) -> Edit:
    """Put text before a character."""
    return Edit(Span(path, line, column, line, column), text)


def after(span: Span, text: str) -> Edit:
    """Put text behind an expression."""
    return inserted(span.path, span.end_line, span.end_column, text)


def before(span: Span, text: str) -> Edit:
    """Put text in front of an expression."""
    return inserted(span.path, span.line, span.column, text)
