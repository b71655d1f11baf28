"""The `check` command: options to a workspace, findings to a reporter."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from asyncsa_lint.config import Config
from asyncsa_lint.frontends.hosting import configuration_file
from asyncsa_lint.pipeline.run import RunResult, Workspace, lint
from asyncsa_lint.pipeline.selection import rule_names, validate
from asyncsa_lint.reporters import json as json_reporter
from asyncsa_lint.reporters.text import TextReporter, statistics, summary

_QUIET_SECONDS = 1.0
"""Runs shorter than this show no progress."""

_PAUSE_SECONDS = 0.1
"""Between two updates of the progress line."""


def check(options: argparse.Namespace) -> int:
    """Lint and print; the result is the exit status."""
    progress = _Progress() if sys.stderr.isatty() else None
    workspace = Workspace(
        config=configuration_file(options.config),
        adjust=lambda config: adjusted(config, options),
        progress=progress,
    )
    validate(adjusted(Config(), options), "command line")
    try:
        result = lint(options.paths or ["."], workspace=workspace, force_exclude=options.force_exclude)
    finally:
        if progress is not None:
            progress.clear()
    _print(result, workspace, options)
    if options.exit_zero and not result.incomplete:
        return 0
    return result.exit_status


def adjusted(config: Config, options: argparse.Namespace) -> Config:
    """The project's configuration as the command line changes it.

    A selection or a profile on the command line replaces that of the project; `--ignore` and
    `--extend-select` add to it.
    """
    if options.profile or options.select:
        config = replace(
            config,
            profile=options.profile or config.profile,
            select=_split(options.select),
            extend_select=(),
            ignore=(),
        )
    return replace(
        config,
        extend_select=(*config.extend_select, *_split(options.extend_select)),
        ignore=(*config.ignore, *_split(options.ignore)),
    )


def _split(values: Sequence[str] | None) -> tuple[str, ...]:
    parts = (part.strip() for value in values or () for part in value.split(","))
    return tuple(part for part in parts if part)


def _print(result: RunResult, workspace: Workspace, options: argparse.Namespace) -> None:
    folder = os.getcwd()
    figures = sys.stdout
    if options.output_format == "json":
        print(json_reporter.report(result.findings, folder))
        figures = sys.stderr
    else:
        reporter = TextReporter(workspace.lines, folder, _wants_colour())
        for line in reporter.report(result.findings):
            print(line)
        print(summary(result.findings, result.files, len(result.suppressed)))
    if options.statistics:
        for line in statistics(result.counts, rule_names(), result.give_ups):
            print(line, file=figures)


def _wants_colour() -> bool:
    """NO_COLOR and FORCE_COLOR as no-color.org and force-color.org have them."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


class _Progress:
    """One line on the terminal that counts files, once a run has taken a while."""

    def __init__(self) -> None:
        self._start = self._last = time.monotonic()
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._start > _QUIET_SECONDS and now - self._last > _PAUSE_SECONDS:
            self._last, self._shown = now, True
            print(f"\r{done} of {total} files", end="\x1b[K", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away before findings are printed."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
