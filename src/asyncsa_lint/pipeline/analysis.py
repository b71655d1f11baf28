"""One project from its files to its findings, before suppressions and selection.

All files of the project are interpreted, whichever of them were asked for: an event may
stand in another file than the code that leads to it, so every host and every choice of
arguments sees the same findings. What raises is turned into an internal-error finding of
the file at hand, and the run goes on.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from asyncsa_lint.config import Config
from asyncsa_lint.findings import Finding, Span
from asyncsa_lint.flow.activity import RELEVANT
from asyncsa_lint.flow.analysis import AnalysisContext, ModuleAnalysis
from asyncsa_lint.flow.events import Event, read_of
from asyncsa_lint.pipeline.cache.database import Database
from asyncsa_lint.pipeline.cache.kept import Cache
from asyncsa_lint.pipeline.failures import described
from asyncsa_lint.pipeline.modules import Memory, Modules, ProjectRecord
from asyncsa_lint.pipeline.prefetch import Prefetch
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
    """Files that were asked for."""

    def of(self, path: str) -> tuple[Finding, ...]:
        """Findings of one file in order of output; a broken file has one that says so."""
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
    failed: bool = False
    """Something raised: the findings are not all."""

    def add(self, analysis: ModuleAnalysis) -> None:
        """Of one read that was met on the way from several modules the first is kept."""
        for event in analysis.events:
            read = read_of(event)
            if read is None or self.reads.setdefault(read, event) == event:
                self.events[event] = None
        self.give_ups.update(analysis.give_ups)


def analyse_project(
    project: Project,
    config: Config,
    asked: frozenset[str],
    progress: Progress | None = None,
    cache: Cache | None = None,
    jobs: int = 1,
) -> ProjectFindings:
    """Interpret all files of the project and judge what happens in them.

    Those `asked` for are only remembered. What the cache knows is not found again, and the rest
    is found by as many processes as `jobs` allows and pay off.
    """
    with ExitStack() as stack:
        lasting = database = cache.of(project.root) if cache is not None else None
        if database is None and jobs > 1:
            folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            database = stack.enter_context(closing(Database(folder, lambda message: None)))
        memory = None if database is None else Memory(project, config, database, lasting=lasting is not None)
        known = memory.findings() if memory is not None else None
        if known is not None:
            return ProjectFindings(project, _by_path(known.findings), known.give_ups, asked)
        collected = _Collected()
        # Trees and states hold hardly any cycles: to look for them again and again only costs time.
        stack.enter_context(paused_collector())
        modules = Modules(AnalysisContext(project, config), memory)
        _collect(modules, collected, progress, Prefetch(modules, memory, config, jobs))
        _judge(collected)
        give_ups = dict(sorted(collected.give_ups.items()))
        if memory is not None:
            findings = tuple(sorted(collected.findings, key=order))
            memory.keep(None if collected.failed else ProjectRecord(findings, give_ups))
    return ProjectFindings(project, _by_path(collected.findings), give_ups, asked)


def _judge(collected: _Collected) -> None:
    for verdict in check(collected.events, all_rules()):
        if isinstance(verdict, RuleCrash):
            verdict = _internal_error(verdict.path, f"in rule `{verdict.rule}`: {verdict.error}")
            collected.failed = True
        collected.findings[verdict] = None
    collected.findings = _told_once(collected.findings)


def _told_once(findings: Iterable[Finding]) -> dict[Finding, None]:
    """Of findings that say the same of one place the first: a base class does it to many models."""
    told: dict[tuple[object, ...], Finding] = {}
    for finding in sorted(findings, key=order):
        told.setdefault(
            (finding.code, finding.span, finding.message, finding.severity, finding.confidence), finding
        )
    return dict.fromkeys(told.values())


def _collect(modules: Modules, collected: _Collected, progress: Progress | None, prefetch: Prefetch) -> None:
    project = modules.project
    files = project.store.files
    relevant = project.mentioning(RELEVANT)
    of_interest = frozenset(relevant)
    with prefetch:
        prefetch.prepare(files)
        prefetch.first(relevant)
        lifecycle = list(modules.lifecycle(relevant, lambda path, error: _fail(path, error, collected)))
        prefetch.wait()
        for done, path in enumerate(files):
            project.store.check(path)
            if path in of_interest:
                _interpret(modules.first, path, collected)
            if progress is not None:
                progress(done + 1, len(files))
        prefetch.then(relevant)
    for path in relevant:
        _interpret(modules.then, path, collected)
    for analysis in lifecycle:
        collected.add(analysis)


def _interpret(analyse: Callable[[str], ModuleAnalysis], path: str, collected: _Collected) -> None:
    try:
        analysis = analyse(path)
    except Exception as error:  # noqa: BLE001 - one file must not take the others' findings along
        _fail(path, error, collected)
    else:
        collected.add(analysis)


def _fail(path: str, error: Exception, collected: _Collected) -> None:
    collected.findings[_internal_error(path, f"while analysing this file: {described(error)}")] = None
    collected.failed = True


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
