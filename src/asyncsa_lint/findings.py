"""What the analyser says: spans, findings, severities. The leaf of the import graph.

Coordinates: lines are 1-based, columns are 0-based characters (not bytes), ends are
exclusive. Reporters convert to what their medium wants.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad the claim is: `error` fails, loses data or leaks at run time."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Confidence(StrEnum):
    """`high`: the whole path was seen. `medium`: one step rests on a documented default."""

    HIGH = "high"
    MEDIUM = "medium"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file; `path` is absolute with forward slashes."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, order=True)
class Related:
    """One step of the trail that leads to a finding."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the text of `span` by `text`; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair: `safe` keeps or repairs behaviour beyond doubt, else it is `unsafe`.

    Without edits the message alone says what to write.
    """

    message: str
    safe: bool
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim about the program, where the developer must act, with its trail."""

    code: str
    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    span: Span
    symbol: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order of all output: path, line, column, code, message."""
        return (self.span.path, self.span.line, self.span.column, self.code, self.message)
