"""`check --add-ignore`: comments for all that a run would show."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from asyncsa_lint.config import ConfigError
from asyncsa_lint.findings import Finding
from asyncsa_lint.pipeline.ignoring import DEFAULT_REASON, annotate, check_reason
from asyncsa_lint.pipeline.run import RunResult
from asyncsa_lint.pipeline.tool_rules import TOOL_RULES
from asyncsa_lint.reporters.display import printable, relative

_TOOL_CODES = frozenset(tool.code for tool in TOOL_RULES)


def reason_of(options: argparse.Namespace) -> str:
    """The reason to write into comments; raises ConfigError when the options do not fit together."""
    if options.reason is None:
        return DEFAULT_REASON
    if not options.add_ignore:
        raise ConfigError("--reason: goes with --add-ignore")
    return check_reason(options.reason)


def add_ignores(result: RunResult, reason: str) -> int:
    """Silence the findings by comments in their files and say so; the result is the exit status.

    Findings about comments, the baseline or broken files are for people to settle: they stay.
    """
    by_path: dict[str, list[Finding]] = {}
    for finding in result.findings:
        if finding.code not in _TOOL_CODES:
            by_path.setdefault(finding.span.path, []).append(finding)
    silenced = files = failed = 0
    for path, findings in by_path.items():
        try:
            silenced += _annotate(path, findings, reason)
            files += 1
        except ConfigError as error:
            failed += 1
            print(f"asyncsa-lint: {printable(str(error))}", file=sys.stderr)
    print(f"Added comments for {silenced} finding{'s'[: silenced != 1]} in {files} file{'s'[: files != 1]}.")
    left = len(result.findings) - silenced
    if left:
        print(f"{left} finding{'s'[: left != 1]} can not be silenced by a comment; see `asyncsa-lint check`.")
    return 2 if failed or result.incomplete else int(left > 0)


def _annotate(path: str, findings: list[Finding], reason: str) -> int:
    name = relative(path, os.getcwd())
    try:
        data = Path(path).read_bytes()
        annotated = annotate(name, data, findings, reason)
        if annotated.data != data:
            Path(path).write_bytes(annotated.data)
    except OSError as error:
        raise ConfigError(f"{name}: can not be changed: {error.strerror}") from error
    return len(annotated.silenced)
