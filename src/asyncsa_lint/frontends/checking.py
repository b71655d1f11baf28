"""The `check` command: options to a workspace, findings to a reporter."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from asyncsa_lint.config import ConfigError
from asyncsa_lint.frontends.caching import Folders, is_on
from asyncsa_lint.frontends.hosting import Overrides, configuration_file
from asyncsa_lint.frontends.output import deliver, outputs
from asyncsa_lint.pipeline.cache.kept import Cache
from asyncsa_lint.pipeline.cache.replay import Inputs
from asyncsa_lint.pipeline.prefetch import default_jobs
from asyncsa_lint.pipeline.run import RunResult, Workspace, lint
from asyncsa_lint.reporters.display import printable

_QUIET_SECONDS = 1.0
"""Runs shorter than this show no progress."""

_PAUSE_SECONDS = 0.1
"""Between two updates of the progress line."""


class _Progress:
    """One line on the terminal that counts files, once a run has taken a while."""

    def __init__(self) -> None:
        self._start = self._last = time.monotonic()
        self._shown = False
        self._stream = getattr(sys.stderr, "original", sys.stderr)

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._start > _QUIET_SECONDS and now - self._last > _PAUSE_SECONDS:
            self._last, self._shown = now, True
            print(f"\r{done} of {total} files", end="\x1b[K", file=self._stream, flush=True)

    def clear(self) -> None:
        """Take the line away before findings are printed."""
        if self._shown:
            print("\r\x1b[K", end="", file=self._stream, flush=True)


class _Runs:
    """The workspaces and runs that the options ask for."""

    def __init__(self, options: argparse.Namespace, progress: _Progress | None) -> None:
        self._options = options
        self._progress = progress
        self._configuration = configuration_file(options.config)
        self._adjust = overrides(options).applied
        self._folder_of = Folders(options.cache_dir).of
        self._cache = Cache(self._folder_of, options.warn) if is_on(options.no_cache) else None

    def workspace(self, overlay: Mapping[str, bytes]) -> Workspace:
        """A workspace whose results are remembered."""
        return self._workspace(overlay, self._cache)

    def trial(self, overlay: Mapping[str, bytes]) -> Workspace:
        """A workspace on texts that nobody has written: its results are not remembered."""
        return self._workspace(
            overlay, self._cache and Cache(self._folder_of, self._options.warn, read_only=True)
        )

    def _workspace(self, overlay: Mapping[str, bytes], cache: Cache | None) -> Workspace:
        since, jobs = self._options.since or "", self._options.jobs or default_jobs()
        return Workspace(
            self._configuration,
            self._adjust,
            overlay,
            self._progress,
            since=since,
            cache=cache,
            jobs=jobs,
        )

    def lint(self, workspace: Workspace, paths: Sequence[str]) -> RunResult:
        """One run in a workspace."""
        return lint(
            paths,
            workspace=workspace,
            force_exclude=self._options.force_exclude,
            update_command=update_command(self._options),
        )


def check(options: argparse.Namespace) -> tuple[int, Inputs | None]:
    """Lint and print; the result is the exit status, and what was read where that is known."""
    chosen = outputs(options)
    if options.add_ignore or options.reason is not None:
        from asyncsa_lint.frontends import annotating

        reason = annotating.reason_of(options)
    progress = _Progress() if sys.stderr.isatty() else None
    runs, repairs = _Runs(options, progress), None
    try:
        if options.fix or options.diff:
            from asyncsa_lint.frontends import fixing

            repairs = fixing.fix(options, runs.workspace, runs.lint)
            result, workspace = repairs.result, repairs.workspace
        else:
            workspace = runs.workspace({})
            result = runs.lint(workspace, options.paths or ["."])
        if chosen.with_edits and not options.diff and not options.add_ignore:
            result = _with_edits(result, workspace, runs, options)
    finally:
        if progress is not None:
            progress.clear()
    if options.add_ignore:
        return annotating.add_ignores(result, reason), None
    if repairs is not None and options.diff:
        return fixing.show(repairs), None
    deliver(result, workspace, chosen, figures=options.statistics)
    for note in workspace.configurations.notes():
        print(f"asyncsa-lint: note: {printable(note)}", file=sys.stderr)
    status = 0 if options.exit_zero and not result.incomplete else result.exit_status
    if repairs is not None:
        fixing.tell(repairs)
        return (2 if repairs.unwritten else status), None
    return status, None if result.incomplete else workspace.inputs()


def _with_edits(
    result: RunResult, workspace: Workspace, runs: _Runs, options: argparse.Namespace
) -> RunResult:
    """The result with the edits of repairs; what that takes is imported only where there is one."""
    if all(finding.fix is None for finding in result.findings):
        return result
    from asyncsa_lint.frontends import fixing

    return replace(result, findings=fixing.propose(options, runs.trial, runs.lint, result, workspace))


def overrides(options: argparse.Namespace) -> Overrides:
    """What the command line says instead of the configuration."""
    found = Overrides(
        profile=options.profile,
        phase=options.phase,
        select=_rules("select", options.select),
        extend_select=_split(options.extend_select),
        ignore=_split(options.ignore),
        fail_on=options.fail_on,
        baseline=baseline_of(options),
    )
    found.check("command line")
    return found


def baseline_of(options: argparse.Namespace) -> str | None:
    """The baseline that the options name, which must exist; empty for none, None when they do not say."""
    if options.no_baseline:
        return ""
    return None if options.baseline is None else os.path.abspath(options.baseline)


def update_command(options: argparse.Namespace) -> str:
    """The command that removes stale lines from the baseline that the options choose."""
    command = ["asyncsa-lint", "baseline", "update"]
    for name in ("baseline", "config"):
        value = getattr(options, name)
        command += [f"--{name}", value] if value else []
    return shlex.join(command)


def _rules(name: str, values: Sequence[str] | None) -> tuple[str, ...]:
    """The rules that an option names, which must be some."""
    rules = _split(values)
    if values and not rules:
        raise ConfigError(f"--{name}: must be rule names or code prefixes, separated by commas, not nothing")
    return rules


def _split(values: Sequence[str] | None) -> tuple[str, ...]:
    parts = (part.strip() for value in values or () for part in value.split(","))
    return tuple(part for part in parts if part)
