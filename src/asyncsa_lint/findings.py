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


class Origin(StrEnum):
    """Where it is written that a finding is not to be shown."""

    COMMENT = "comment"
    BASELINE = "baseline"


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
    after: bool = False
    """Whether it happens after what stands at the finding's own place."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the text of `span` by `text`; an empty span inserts."""

    span: Span
    text: str


class Rewrite(StrEnum):
    """Kinds of repair whose edits are worked out from the source when they are applied (`fixes`)."""

    LOADER_OPTION = "loader-option"
    """Add the loader options `words` to the statement or the `get` at the span."""
    REFRESH = "refresh"
    """Await the call `words[0]` before the statement at the span."""
    AWAIT = "await"
    """Await the call at the span."""
    REGISTER_DISPOSAL = "register-disposal"
    """Give the exit stack in scope the method `words[0]` of what is made at the span."""
    YIELD_SESSION = "yield-session"
    """Yield the session that the `return` of the expression at the span hands out."""
    ASYNC_WITH = "async-with"
    """Enter what the call at the span makes with `async with`, up to the end of its block."""
    LIFESPAN = "lifespan"
    """Make the handler registered at the span part of a lifespan."""
    PROTECT_YIELD = "protect-yield"
    """Put the release at the span into the `finally` of a `try` around the `yield`."""
    LIFESPAN_KEYWORD = "lifespan-keyword"
    """Give the application at the span the keyword `lifespan=words[0]`."""
    WRITE_ONLY = "write-only"
    """Make the dynamic relationship at the span a write-only one."""


@dataclass(frozen=True, slots=True, order=True)
class Recipe:
    """What to do, where, and with which words: plain data, so that findings can be kept and sent."""

    rewrite: Rewrite
    span: Span
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair: `safe` keeps or repairs behaviour beyond doubt, else it is `unsafe`.

    Simple edits are given; a recipe stands for those that need the source around them.
    With neither, the message alone says what to write.
    """

    message: str
    safe: bool
    edits: tuple[Edit, ...] = ()
    recipe: Recipe | None = None

    @property
    def is_applicable(self) -> bool:
        """Whether there is something that can be tried."""
        return bool(self.edits) or self.recipe is not None


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


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is not shown and does not fail the run, and why."""

    finding: Finding
    origin: Origin
    reason: str = ""
    """What the author of the suppression wrote; empty where nothing is written."""
