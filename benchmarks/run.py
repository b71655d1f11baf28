"""Speed as a ratio: a check of dstack 0.22.5 against `ast.parse` of the same files.

    python -m benchmarks.run [--repetitions 5] [--path DIR]

Parsing is what any Python tool must do at least, and both run on the same machine in the
same minutes, so the ratio says something where seconds do not. Each measurement is a
process of its own; the two kinds alternate and medians are compared.
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.corpus import CORPUS, packages, unpacked

PACKAGE = "dstack"
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Measurement:
    """One process: wall time from start to end, and its largest resident set."""

    seconds: float
    peak_mib: float


def parse_all(folder: Path) -> None:
    """The yardstick: read and parse every file, garbage collector off, nothing kept."""
    gc.disable()
    for path in sorted(folder.rglob("*.py")):
        try:
            ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue  # templates with the name of a Python file


def measure(command: Sequence[str]) -> Measurement:
    """Run a command to its end; findings (exit status 1) are no failure."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"exit status {process.returncode}: {' '.join(command)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Measurement(seconds, usage.ru_maxrss * unit / MIB)


def median(measurements: Sequence[Measurement]) -> Measurement:
    """Median of both figures."""
    return Measurement(
        statistics.median(each.seconds for each in measurements),
        statistics.median(each.peak_mib for each in measurements),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the result is the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description="Check against ast.parse.")
    parser.add_argument("--repetitions", type=int, default=5, help="of each kind (default: 5)")
    parser.add_argument("--path", type=Path, metavar="DIR", help=f"folder to check (default: {PACKAGE})")
    parser.add_argument(
        "--corpus", type=Path, default=CORPUS, metavar="DIR", help="where packages are unpacked"
    )
    parser.add_argument("--parse-only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    folder = options.path or unpacked(packages([PACKAGE])[0], options.corpus)
    if options.parse_only:
        parse_all(folder)
        return 0
    parse = [sys.executable, "-m", "benchmarks.run", "--parse-only", "--path", str(folder)]
    check = [sys.executable, "-m", "asyncsa_lint", "check", "--output-format", "json", str(folder)]
    parsed, checked = [], []
    for _ in range(options.repetitions):
        parsed.append(measure(parse))
        checked.append(measure(check))
    floor, tool = median(parsed), median(checked)
    print(f"{folder.name}, {options.repetitions} repetitions, medians")
    print(f"ast.parse           {floor.seconds:7.2f} s  {floor.peak_mib:6.0f} MiB")
    print(f"asyncsa-lint check  {tool.seconds:7.2f} s  {tool.peak_mib:6.0f} MiB")
    print(f"ratio               {tool.seconds / floor.seconds:7.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
