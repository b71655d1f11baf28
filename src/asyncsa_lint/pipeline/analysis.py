"""One project from its files to its findings, before suppressions and selection.

All files of the project are interpreted, whichever of them were asked for: an event may
stand in another file than the code that leads to it, so every host and every choice of
arguments sees the same findings. What raises is turned into an internal-error finding of
the file at hand, and the run goes on.
"""

from __future__ import annotations

import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from asyncsa_lint.config import Config
from asyncsa_lint.findings import Finding, Span
from asyncsa_lint.flow.analysis import (
    AnalysisContext,
    ModuleAnalysis,
    Reached,
    analyse_lifecycle,
    analyse_module,
    analyse_unreached,
)
from asyncsa_lint.flow.events import Event, read_of
from asyncsa_lint.pipeline.tool_rules import INTERNAL_ERROR, UNREADABLE_FILE
from asyncsa_lint.project.names import Project
from asyncsa_lint.rules.registry import RuleCrash, all_rules, check
from asyncsa_lint.source import paused_collector

Progress = Callable[[int, int], None]
"""Called with the number of files done and the number of all files."""


@dataclass(frozen=True, slots=True)
class ProjectFindings:
    """What the rules say about each file of a project."""

    project: Project
    by_path: Mapping[str, tuple[Finding, ...]]
    give_ups: Mapping[str, int]
    """How often the interpreter stopped following something, by reason."""
    met: frozenset[str]
    """Files that are known to be readable or broken."""

    def of(self, path: str) -> tuple[Finding, ...]:
        """Findings of one file in order of output; a broken file has one that says so."""
        if path not in self.met:
            self.project.source(path)
        if path in self.project.broken:
            return (_unreadable(self.project, path),)
        return self.by_path.get(path, ())


@dataclass(slots=True)
class _Collected:
    """Results while the files are gone through."""

    events: dict[Event, None] = field(default_factory=dict)
    reads: dict[object, Event] = field(default_factory=dict)
    findings: dict[Finding, None] = field(default_factory=dict)
    give_ups: Counter[str] = field(default_factory=Counter)

    def add(self, analysis: ModuleAnalysis) -> None:
        """Of one read that was met on the way from several modules the first is kept."""
        for event in analysis.events:
            read = read_of(event)
            if read is None or self.reads.setdefault(read, event) == event:
                self.events[event] = None
        self.give_ups.update(analysis.give_ups)


def analyse_project(
    project: Project, config: Config, asked: frozenset[str], progress: Progress | None = None
) -> ProjectFindings:
    """Interpret all files of the project and judge what happens in them.

    Those `asked` for are parsed whether or not the interpreter has use for them: a broken one
    is to be reported.
    """
    collected = _Collected()
    context = AnalysisContext(project, config)
    files = project.files
    # Trees and states hold hardly any cycles: to look for them again and again only costs time.
    with paused_collector():
        reached: set[Reached] = set()
        for done, path in enumerate(files):
            if path in asked:
                project.source(path)
            reached |= _interpret(lambda p: analyse_module(context, p), path, collected)
            if progress is not None:
                progress(done + 1, len(files))
        for path in files:
            _interpret(lambda p: analyse_unreached(context, p, reached), path, collected)
        for path in files:
            _interpret(lambda p: analyse_lifecycle(context, p), path, collected)
    for verdict in check(collected.events, all_rules()):
        if isinstance(verdict, RuleCrash):
            verdict = _internal_error(verdict.path, f"in rule `{verdict.rule}`: {verdict.error}")
        collected.findings[verdict] = None
    give_ups = dict(sorted(collected.give_ups.items()))
    return ProjectFindings(project, _by_path(collected.findings), give_ups, asked)


def _interpret(
    analyse: Callable[[str], ModuleAnalysis], path: str, collected: _Collected
) -> frozenset[Reached]:
    try:
        analysis = analyse(path)
    except Exception as error:  # noqa: BLE001 - one file must not take the others' findings along
        collected.findings[_internal_error(path, f"while analysing this file: {_described(error)}")] = None
        return frozenset()
    collected.add(analysis)
    return analysis.reached


def _described(error: Exception) -> str:
    """What was raised and where in our code, in one line for a bug report."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message} ({os.path.basename(place.filename)}:{place.lineno})"


def _by_path(findings: Iterable[Finding]) -> dict[str, tuple[Finding, ...]]:
    by_path: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=order):
        by_path.setdefault(finding.span.path, []).append(finding)
    return {path: tuple(found) for path, found in by_path.items()}


def order(finding: Finding) -> tuple[object, ...]:
    """A total order, so that output does not depend on the order of discovery."""
    return (*finding.sort_key, finding.span, finding.symbol, finding.related)


def _internal_error(path: str, detail: str) -> Finding:
    return INTERNAL_ERROR.finding(Span(path, 1, 0, 1, 0), f"internal error {detail}; please report it")


def _unreadable(project: Project, path: str) -> Finding:
    error = project.broken[path]
    span = Span(path, error.line, error.column, error.line, error.column)
    return UNREADABLE_FILE.finding(span, f"file can not be analysed: {error.message}")
