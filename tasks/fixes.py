"""Repairs copies of the example project and of pinned packages, and measures what comes of it.

    python -m tasks.fixes                          the shop and three packages
    python -m tasks.fixes --package langflow-base  others
    python -m tasks.fixes --keep DIR               leave the repaired copies there

For each: findings before, findings with a repair to try, findings after, files changed,
and the reasons of what was not repaired. Every changed file is compiled. Exit status 1:
something does not compile, there are not fewer findings, or a second run changes more.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.corpus import CORPUS, CorpusError, packages, unpacked
from tasks.linting import SECONDS

ROOT = Path(__file__).parent.parent
SHOP = ROOT / "examples" / "shop"
CHOSEN = ("argilla-server", "langflow-base", "letta")
"""Packages with findings that have repairs."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What repairing one folder has done."""

    name: str
    before: int
    fixable: int
    after: int
    files: int
    broken: tuple[str, ...]
    """Changed files that can not be compiled."""
    repeats: bool
    """A second run changes something again."""
    reasons: tuple[tuple[str, int], ...]

    @property
    def is_good(self) -> bool:
        """Fewer findings where there were repairs, everything compiles, nothing left to change."""
        return not self.broken and not self.repeats and (self.after < self.before or not self.fixable)

    @property
    def row(self) -> str:
        """One line of the table."""
        compiles = "no" if self.broken else "yes"
        numbers = f"{self.before:8}{self.fixable:9}{self.after:7}{self.files:7}"
        return f"{self.name:24}{numbers}  {compiles:8}  {'no' if self.repeats else 'yes'}"


HEADER = f"{'':24}{'findings':>8}{'fixable':>9}{'after':>7}{'files':>7}  compiles  stable"


def measure(name: str, folder: Path) -> Measured:
    """Repair everything in a folder that is a copy."""
    before = lint(folder)
    originals = {path: path.read_bytes() for path in folder.rglob("*.py")}
    told = repair(folder)
    changed = [path for path, data in originals.items() if path.read_bytes() != data]
    after = lint(folder)
    again = {path: path.read_bytes() for path in changed}
    repair(folder)
    return Measured(
        name,
        len(before),
        sum(is_fixable(found) for found in before),
        len(after),
        len(changed),
        tuple(str(path.relative_to(folder)) for path in changed if not compiles(path)),
        any(path.read_bytes() != data for path, data in again.items()),
        tuple(Counter(reasons(told)).most_common()),
    )


def lint(folder: Path) -> list[dict[str, Any]]:
    """All findings of the folder."""
    done = run(folder, "--output-format", "json", "--exit-zero")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def is_fixable(found: dict[str, Any]) -> bool:
    """Whether the report of a finding has edits, not only advice."""
    return found["fix"] is not None and bool(found["fix"]["edits"])


def repair(folder: Path) -> str:
    """Repair what can be; the result is what the command told about it."""
    return run(folder, "--fix", "--unsafe-fixes", "--output-format", "json", "--exit-zero").stderr


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`asyncsa-lint check` on the folder, with all rules; CorpusError when it fails."""
    command = [sys.executable, "-m", "asyncsa_lint", "check", "--profile", "all", *options, "."]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS, check=False
    )
    if "internal error" in done.stderr or not done.stdout.strip():
        raise CorpusError(f"{folder.name}: {done.stderr.strip()}")
    return done


def reasons(told: str) -> list[str]:
    """Code and reason of each repair that was not made."""
    lines = [line for line in told.splitlines() if line.startswith("Not fixed: ")]
    return [" ".join(line.split(" ")[3:]) for line in lines]


def compiles(path: Path) -> bool:
    """Whether Python accepts the file."""
    try:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the result is the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tasks.fixes", description="Repair pinned packages.")
    parser.add_argument("--package", action="append", metavar="NAME", help="repeatable")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="DIR")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the repaired copies stay")
    options = parser.parse_args(arguments)
    results: list[Measured] = []
    with tempfile.TemporaryDirectory() as temporary:
        place = options.keep or Path(temporary)
        try:
            sources = {"examples/shop": SHOP} if not options.package else {}
            for package in packages(options.package or CHOSEN):
                sources[package.label] = unpacked(package, options.corpus)
            print(HEADER)
            for name, source in sources.items():
                copy = place / Path(name).name
                shutil.copytree(source, copy)
                results.append(measure(name, copy))
                print(results[-1].row, flush=True)
        except CorpusError as error:
            print(error, file=sys.stderr)
            return 2
    for each in results:
        for reason, number in each.reasons:
            print(f"{each.name}: {number} x {reason}")
        for path in each.broken:
            print(f"{each.name}: {path} does not compile")
    return int(not all(each.is_good for each in results))


if __name__ == "__main__":
    sys.exit(main())
