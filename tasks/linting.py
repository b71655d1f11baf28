"""Runs the linter on a folder and keeps what comparisons need of its findings.

A process of its own for each folder: a crash, a hang or a memory peak of one does not
touch the others. Paths are relative to the folder, so that results compare between
machines and revisions.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import asyncsa_lint

UNREADABLE = "ASA001"
INTERNAL_ERROR = "ASA009"
TOOL_CODES = "ASA0"
SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Found:
    """One finding, as it is compared and judged."""

    code: str
    path: str
    line: int
    symbol: str
    source: str
    """The line it stands on, with single spaces."""
    message: str
    trail: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stays when lines move."""
        return (self.code, self.path, self.symbol, self.source)

    @property
    def place(self) -> str:
        """`path:line`."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class LintRun:
    """What the linter said about one folder."""

    findings: tuple[Found, ...]
    seconds: float
    failure: str = ""
    """Why there are no findings: a crash, no JSON, out of time."""

    def internal_errors(self) -> tuple[Found, ...]:
        """Diagnostics that mean a defect of the tool."""
        return tuple(found for found in self.findings if found.code == INTERNAL_ERROR)

    def of_rules(self) -> tuple[Found, ...]:
        """Findings about the program, not about the run."""
        return tuple(found for found in self.findings if not found.code.startswith(TOOL_CODES))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(record: Mapping[str, Any]) -> LintRun:
        findings = (Found(**{**entry, "trail": tuple(entry["trail"])}) for entry in record["findings"])
        return LintRun(tuple(findings), record["seconds"], record["failure"])


def lint(folder: Path, profile: str = "all", seconds: float = SECONDS) -> LintRun:
    """Findings of the installed linter for everything in the folder."""
    command = [sys.executable, "-m", "asyncsa_lint", "check", "--output-format", "json", "--profile", profile]
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [*command, str(folder)], check=False, capture_output=True, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return LintRun((), seconds, f"no answer within {seconds:.0f} s")
    spent = round(time.perf_counter() - start, 2)
    try:
        records = json.loads(done.stdout)
    except json.JSONDecodeError:
        complaint = (done.stderr or done.stdout).strip().splitlines()
        return LintRun(
            (), spent, f"exit status {done.returncode}: {complaint[-1] if complaint else 'no output'}"
        )
    return LintRun(tuple(sorted(_found(records, folder), key=lambda each: (each.path, each.line))), spent)


def _found(records: Iterable[Mapping[str, Any]], folder: Path) -> Iterable[Found]:
    lines: dict[str, list[str]] = {}
    for record in records:
        path = _relative(record["path"], folder)
        if path not in lines:
            lines[path] = _lines(folder / path)
        yield Found(
            code=record["code"],
            path=path,
            line=record["line"],
            symbol=record["symbol"],
            source=_line(lines[path], record["line"]),
            message=record["message"],
            trail=tuple(
                f"{_relative(step['path'], folder)}:{step['line']}: {step['message']}"
                for step in record["related"]
            ),
        )


def _relative(path: str, folder: Path) -> str:
    absolute = Path.cwd() / path
    return (
        absolute.relative_to(folder.absolute()).as_posix()
        if absolute.is_relative_to(folder.absolute())
        else path
    )


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _line(lines: list[str], number: int) -> str:
    return " ".join(lines[number - 1].split()) if 0 < number <= len(lines) else ""


@cache
def tool_digest() -> str:
    """Identifies the code of the linter: results of another one are not reused."""
    package = Path(asyncsa_lint.__file__).parent
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
