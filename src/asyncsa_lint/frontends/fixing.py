"""`check --fix` and `check --diff`: lint, repair, lint again, write or show; repairs for reports."""

from __future__ import annotations

import argparse
import difflib
import functools
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from asyncsa_lint.config import ConfigError
from asyncsa_lint.findings import Finding, Fix
from asyncsa_lint.fixes.differing import lines_of
from asyncsa_lint.fixes.proposing import proposed
from asyncsa_lint.fixes.repairing import Linted, Repaired, key, repair
from asyncsa_lint.fixes.texts import Disk, encoded
from asyncsa_lint.pipeline.known import in_reach
from asyncsa_lint.pipeline.run import RunResult, Workspace
from asyncsa_lint.reporters.display import printable, relative
from asyncsa_lint.source import normalise

MakeWorkspace = Callable[[Mapping[str, bytes]], Workspace]
"""A workspace that takes these bytes for the files' own."""


Run = Callable[[Workspace, Sequence[str]], RunResult]
"""Lints paths in a workspace."""


@dataclass(frozen=True, slots=True)
class FixRun:
    """What was repaired, and the run on the repaired files."""

    repaired: Repaired
    result: RunResult
    workspace: Workspace
    disk: Disk
    unwritten: tuple[tuple[str, str], ...] = ()
    """Files whose repair could not be written, and why."""


class _Runs:
    """Runs on the same paths with more and more files repaired."""

    def __init__(self, paths: Sequence[str], make: MakeWorkspace, run: Run) -> None:
        self._paths = paths
        self._make = make
        self._run = run
        self._roots: list[str] | None = None
        self.disk = Disk()
        self.last: tuple[RunResult, Workspace] | None = None

    def lint(self, texts: Mapping[str, str]) -> Linted:
        """What is shown for the paths, and what their projects say: a repair may stand anywhere."""
        overlay = {path: encoded(text) for path, text in texts.items()}
        workspace = self._make(overlay)
        return self.linted(self._run(workspace, self._paths), workspace)

    def linted(self, shown: RunResult, workspace: Workspace) -> Linted:
        """The same for a run on the paths that has been made already."""
        self.last = (shown, workspace)
        if self._roots is None:
            self._roots = self._find_roots(shown, workspace)
        every = self._run(workspace, [*self._paths, *self._roots]) if self._roots else shown
        return Linted(shown.findings, every.findings)

    def _find_roots(self, shown: RunResult, workspace: Workspace) -> list[str]:
        """The projects in which something may be repaired and that the paths do not cover."""
        asked = [normalise(path) for path in self._paths]
        fallback = workspace.fallback_root(asked)
        fixable = [each for each in shown.findings if each.fix is not None and each.fix.is_applicable]
        roots = {workspace.root_of(finding.span.path, fallback) for finding in fixable}
        return sorted(root for root in roots if not in_reach(root, asked))


def fix(options: argparse.Namespace, make: MakeWorkspace, run: Run) -> FixRun:
    """Repair the files of the paths, and others where the cause is there; written unless shown only."""
    if options.add_ignore:
        raise ConfigError("command line: `--add-ignore` does not go together with `--fix` and `--diff`")
    runs = _Runs(options.paths or ["."], make, run)
    first = runs.lint({})

    def wanted(finding: Finding) -> bool:
        found = finding.fix
        return found is not None and found.is_applicable and (found.safe or options.unsafe_fixes)

    repaired = repair(first, runs.lint, runs.disk.text, wanted)
    runs.lint(repaired.texts)
    assert runs.last is not None
    unwritten = () if options.diff else tuple(_written(repaired, runs.disk))
    if unwritten:
        repaired = _without(repaired, dict(unwritten), runs.lint({}))
    return FixRun(repaired, *runs.last, runs.disk, unwritten)


def propose(
    options: argparse.Namespace, make: MakeWorkspace, run: Run, result: RunResult, workspace: Workspace
) -> tuple[Finding, ...]:
    """The findings of a run with the edits of repairs that have been tried; the unsafe ones if asked for."""
    runs = _Runs(options.paths or ["."], make, run)

    @functools.cache
    def first() -> Linted:
        return runs.linted(result, workspace)

    def wanted(fix: Fix) -> bool:
        return fix.is_applicable and (fix.safe or options.unsafe_fixes)

    return tuple(proposed(result.findings, first, runs.lint, runs.disk.text, wanted))


def _without(repaired: Repaired, unwritten: Mapping[str, str], left: Linted) -> Repaired:
    """What has been repaired on disk, where some files could not be written; `left` is found there now."""
    there = Counter(map(key, left.every))
    fixed = []
    for finding in repaired.fixed:
        if there[key(finding)]:
            there[key(finding)] -= 1
        else:
            fixed.append(finding)
    texts = {path: text for path, text in repaired.texts.items() if path not in unwritten}
    return replace(repaired, texts=texts, fixed=tuple(fixed), left=left)


def _written(repaired: Repaired, disk: Disk) -> Iterator[tuple[str, str]]:
    """Write the files; those that could not be written, with the reason."""
    for path, text in sorted(repaired.texts.items()):
        try:
            if not disk.write(path, text):
                yield path, "it was changed meanwhile"
        except OSError as error:
            yield path, error.strerror or str(error)


def show(run: FixRun) -> int:
    """Print the changes as unified diffs; the exit status is 1 when there are any."""
    folder = os.getcwd()
    for path, text in sorted(run.repaired.texts.items()):
        name = printable(relative(path, folder))
        old, new = lines_of(run.disk.text(path)), lines_of(text)
        for line in difflib.unified_diff(old, new, name, name):
            sys.stdout.write(_for_terminal(line) if sys.stdout.isatty() else line)
            if not line.endswith(("\r", "\n")):
                sys.stdout.write("\n\\ No newline at end of file\n")
    _account(run, "Would fix")
    return 2 if run.result.incomplete else int(bool(run.repaired.texts))


def _for_terminal(line: str) -> str:
    """The line of a diff without what a terminal might obey; elsewhere it has to stay what it is."""
    text = line.rstrip("\r\n")
    return "\t".join(map(printable, text.split("\t"))) + line[len(text) :].replace("\r", "")


def tell(run: FixRun) -> None:
    """Say what was repaired and why other repairs were not made."""
    _account(run, "Fixed")


def _account(run: FixRun, done: str) -> None:
    """On standard error, so that reports and diffs on standard output stay what they are."""
    folder = os.getcwd()
    fixed, files = len(run.repaired.fixed), len(run.repaired.texts)
    if fixed:
        print(f"{done} {_count(fixed, 'finding')} in {_count(files, 'file')}.", file=sys.stderr)
    for finding, reason in run.repaired.refused:
        place = f"{relative(finding.span.path, folder)}:{finding.span.line}"
        print(printable(f"Not fixed: {place} {finding.code}: {reason}"), file=sys.stderr)
    for path, reason in run.unwritten:
        print(printable(f"Not written: {relative(path, folder)}: {reason}"), file=sys.stderr)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
