"""The formats that a run can be reported in, each a module of this package.

Only the reporter that is asked for is imported.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncsa_lint.reporters.outcome import Outcome

FORMATS = (
    "text",
    "concise",
    "json",
    "json-lines",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "rdjson",
    "markdown",
)
READABLE = frozenset({"text", "concise"})
"""Formats for people at a terminal: these may be coloured, and other lines may stand beside them."""

WITH_EDITS = frozenset({"json", "json-lines", "sarif", "rdjson"})
"""Formats that hold the edits of repairs."""


def render(name: str, outcome: Outcome, *, colour: bool = False) -> str:
    """The report in one of FORMATS, complete with its last line break; empty when there is nothing to say."""
    module = import_module(f"{__package__}.{name.replace('-', '_')}")
    text: str = module.report(outcome, colour=colour) if name in READABLE else module.report(outcome)
    return text
