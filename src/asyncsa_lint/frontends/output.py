"""Where a run is reported: one format on standard output, any number of them in files."""

from __future__ import annotations

import argparse
import inspect
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asyncsa_lint.config import ConfigError
from asyncsa_lint.pipeline.run import RunResult, Workspace
from asyncsa_lint.pipeline.selection import rule_names
from asyncsa_lint.pipeline.tool_rules import ALWAYS_REPORTED, TOOL_RULES, ToolRule
from asyncsa_lint.reporters.formats import FORMATS, READABLE, WITH_EDITS, render
from asyncsa_lint.reporters.outcome import Outcome, RuleHelp
from asyncsa_lint.reporters.text import statistics
from asyncsa_lint.rules.registry import Rule, all_rules


@dataclass(frozen=True, slots=True)
class Outputs:
    """The format of standard output, and the files to write with the format of each."""

    printed: str
    files: tuple[tuple[str, str], ...] = ()
    """(format, path)"""

    @property
    def with_edits(self) -> bool:
        """Whether one of the reports holds the edits of repairs."""
        return bool(WITH_EDITS & {self.printed, *(name for name, _ in self.files)})


def outputs(options: argparse.Namespace) -> Outputs:
    """What the options ask for; ConfigError when one of them is no `FORMAT:FILE`, or two are one file."""
    files = tuple(_file(text) for text in options.output or ())
    paths = [os.path.abspath(path) for _, path in files]
    for path in paths:
        if paths.count(path) > 1:
            raise ConfigError(f"--output {path}: is asked for twice; allowed is one format for a file")
    return Outputs(options.output_format, files)


def _file(text: str) -> tuple[str, str]:
    name, separator, path = text.partition(":")
    if not separator or not path or name not in FORMATS:
        known = ", ".join(FORMATS)
        raise ConfigError(f"--output {text}: must be FORMAT:FILE, where FORMAT is one of {known}")
    if path == "-" or os.path.isdir(path):
        problem = "--output-format is for standard output" if path == "-" else "is a folder"
        raise ConfigError(f"--output {text}: {problem}; allowed is a file")
    return name, path


def deliver(result: RunResult, workspace: Workspace, chosen: Outputs, *, figures: bool = False) -> None:
    """Print and write the reports; ConfigError when a file can not be written.

    `figures` adds how often each rule reported, on standard error where programs read the other.
    """
    outcome = Outcome(
        findings=result.findings,
        folder=os.getcwd(),
        lines=workspace.lines,
        suppressed=result.suppressed,
        files=result.files,
        older=result.older,
        unanalysed=ALWAYS_REPORTED,
        rules=_rules(),
    )
    sys.stdout.write(render(chosen.printed, outcome, colour=_wants_colour()))
    if figures:
        stream = sys.stdout if chosen.printed in READABLE else sys.stderr
        for line in statistics(result.counts, rule_names(), result.give_ups):
            print(line, file=stream)
    for name, path in chosen.files:
        _write(path, render(name, outcome))


def _rules() -> Mapping[str, RuleHelp]:
    rules: Sequence[Rule | ToolRule] = (*TOOL_RULES, *all_rules())
    return {
        rule.code: RuleHelp(rule.code, rule.name, rule.severity, inspect.cleandoc(rule.page))
        for rule in rules
    }


def _write(path: str, text: str) -> None:
    """Write a report; the folders that its path names are made."""
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigError(f"--output {path}: can not be written: {problem}") from error


def _wants_colour() -> bool:
    """NO_COLOR and FORCE_COLOR as no-color.org and force-color.org have them."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
