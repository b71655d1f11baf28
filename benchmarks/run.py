"""Speed and cost in one command: ratios to `ast.parse` of the same files, measured in the same run.

    python -m benchmarks.run [--packages dstack] [--repetitions 3] [--skip linters,hosts,cost]

Parsing is what any Python tool must do at least, and it runs on the same machine in the same
minutes, so a ratio says something where seconds do not. Each measurement is a process of its
own; its figures are medians: time from start to end, processor time, and the largest resident
set of it and of the processes it started. The files are a copy of pinned packages, which some
rows change.
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from asyncsa_lint.pipeline.cache.environment import VARIABLE
from benchmarks.cost import cost_table
from tasks.corpus import CORPUS, packages, unpacked

PACKAGES = ("prefect", "langflow-base", "apache-airflow-core", "letta", "dstack")
SKIPPABLE = ("linters", "hosts", "cost")
MIB = 1024 * 1024
LEAF = "def added_by_the_benchmark() -> None: ...\n"
COSTLY = ("dstack", "apache-airflow-core")
"""Packages whose cost by function is told."""
CHECK = (sys.executable, "-m", "asyncsa_lint", "check", "--output-format", "concise")

_FLAKE8 = """
import sys
from importlib import metadata

installed = metadata.distributions
metadata.distributions = lambda: (each for each in installed() if each.metadata["Name"] not in {others})
from flake8.main.cli import main

sys.exit(main(sys.argv[1:]))
"""
"""flake8 without other plugins, whether or not they are installed."""

_LOCAL_PLUGIN = """
[flake8:local-plugins]
extension =
    ASA = asyncsa_lint.frontends.flake8:Plugin
"""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One process with those it started: time from start to end, processor time, largest resident set."""

    seconds: float
    cpu: float
    peak_mib: float


def parse_all(folder: Path) -> None:
    """The yardstick: read and parse every file, garbage collector off, nothing kept."""
    gc.disable()
    for path in sorted(folder.rglob("*.py")):
        try:
            ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue  # templates with the name of a Python file


def measure(command: Sequence[str], folder: Path | None = None) -> Measurement:
    """Run a command to its end; findings are no failure, a crash is."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode < 0:
        raise SystemExit(f"exit status {process.returncode}: {' '.join(command)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Measurement(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / MIB)


def median(measurements: Sequence[Measurement]) -> Measurement:
    """Median of each figure."""
    return Measurement(
        statistics.median(each.seconds for each in measurements),
        statistics.median(each.cpu for each in measurements),
        statistics.median(each.peak_mib for each in measurements),
    )


class Bench:
    """A copy of the packages, and measurements over it."""

    def __init__(self, folder: Path, repetitions: int) -> None:
        self.folder = folder
        self.cache = folder.parent / "cache"
        self.repetitions = repetitions
        self.floor: Measurement | None = None

    def repeat(
        self, command: Sequence[str], before: Callable[[int], None] = lambda turn: None
    ) -> Measurement:
        """Median over the repetitions; `before` each the files or the cache may be changed."""
        found = []
        for turn in range(self.repetitions):
            before(turn)
            found.append(measure(command, self.folder))
        return median(found)

    def row(self, label: str, measurement: Measurement, target: str = "") -> None:
        """One line of the table."""
        floor = self.floor or measurement
        ratio, cpu = measurement.seconds / floor.seconds, measurement.cpu / floor.cpu
        figures = f"{measurement.seconds:8.2f} s {ratio:7.2f} T {cpu:9.2f} T {measurement.peak_mib:6.0f} MiB"
        print(f"{label:40}{figures}  {target}", flush=True)

    def check(self, *options: str) -> list[str]:
        """The command that checks the copy with the benchmark's cache."""
        return [*CHECK, "--cache-dir", str(self.cache), *options, str(self.folder)]

    def forget(self, turn: int) -> None:
        """A cold cache."""
        del turn
        shutil.rmtree(self.cache, ignore_errors=True)

    def edit(self, path: Path, text: str) -> Callable[[int], None]:
        """A change of one file that is another one each time; then its time is a moment past."""
        content = path.read_text(encoding="utf-8")

        def change(turn: int) -> None:
            path.write_text(f"{content}\n\n# {turn}\n{text}", encoding="utf-8")

        return change

    def ourselves(self) -> None:
        """The rows of this tool."""
        parse = [sys.executable, "-m", "benchmarks.run", "--parse-only", str(self.folder)]
        print(f"{'':40}{'wall':>10} {'':9} {'processor':>11}")
        self.floor = median([measure(parse) for _ in range(self.repetitions)])
        self.row("ast.parse", self.floor)
        self.row("cold, 1 worker", self.repeat(self.check("--jobs=1"), self.forget), "at most 2.0 T, 350 MiB")
        self.row("cold, 2 workers", self.repeat(self.check("--jobs=2"), self.forget), "at most 1.2 T")
        measure(self.check("--jobs=1"), self.folder)
        self.row("nothing changed", self.repeat(self.check("--jobs=1")), "at most 0.1 T")
        leaf, model = leaf_of(self.folder), model_of(self.folder)
        self.row(
            f"one leaf file changed ({leaf.name})",
            self.repeat(self.check("--jobs=1"), self.edit(leaf, LEAF)),
            "at most 0.15 T",
        )
        self.row(
            f"one central model changed ({model.name})",
            self.repeat(self.check("--jobs=1"), self.edit(model, LEAF)),
            "at most 0.6 T",
        )

    def hosts(self) -> None:
        """flake8 and pylint with and without our plugin, in one process each."""
        settings = self.folder.parent / "flake8.ini"
        settings.write_text(_LOCAL_PLUGIN, encoding="utf-8")
        ours = ["--config", str(settings), "--select=ASA"]
        flake8 = self.flake8("asyncsa-lint", "flake8-async")
        self.pair("flake8", [*flake8, "-j1", "."], ours, ["--isolated"], "1.15")
        python = [str(path) for path in sorted(self.folder.rglob("*.py"))]
        pylint = [sys.executable, "-m", "pylint", "-j1", "--disable=all", "--enable=W0611", *python[:200]]
        self.pair("pylint, 200 files", pylint, ["--load-plugins=asyncsa_lint.pylint"], [], "1.1")

    def flake8(self, *others: str) -> list[str]:
        """The command that runs flake8 as if the other plugins were not installed."""
        return [sys.executable, "-c", _FLAKE8.format(others=set(others))]

    def pair(
        self, name: str, command: list[str], with_us: list[str], without: list[str], target: str
    ) -> None:
        """A host without our plugin and with it, with a cold cache and with a warm one."""
        first = self.repeat([*command, *without])
        self.row(f"{name} without", first)
        os.environ[VARIABLE] = str(self.cache)
        cold = self.repeat([*command, *with_us], self.forget)
        warm = self.repeat([*command, *with_us])
        for state, found in (("cold", cold), ("warm", warm)):
            ratio = f"{found.seconds / first.seconds:.2f} ({found.cpu / first.cpu:.2f}) times"
            self.row(f"{name} with, {state}", found, f"{ratio}, at most {target}")

    def others(self) -> None:
        """The same files under the nearest relatives."""
        ruff = [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--isolated",
            "--no-cache",
            "--preview",
            "--select=ASYNC,FAST",
            ".",
        ]
        if find_spec("ruff"):
            self.row("ruff (ASYNC, FAST)", self.repeat(ruff))
        else:
            print("ruff: not installed")
        if find_spec("flake8_async") is None:
            print("flake8-async: not installed")
        else:
            command = [*self.flake8("asyncsa-lint"), "--isolated", "-j1", "--select=ASYNC", "."]
            self.row("flake8-async", self.repeat(command))

    def small(self) -> None:
        """Start-up, and one file in a process that has everything imported."""
        bare = median([measure([sys.executable, "-c", "pass"]) for _ in range(5 * self.repetitions)])
        version = [sys.executable, "-m", "asyncsa_lint", "--version"]
        told = median([measure(version) for _ in range(5 * self.repetitions)])
        print(f"--version: {told.seconds / bare.seconds:.2f} times `python -c pass`, at most 2")
        print(f"1,000 lines in a warm process: {warm_file() * 1000:.0f} ms, at most 30")


def warm_file() -> float:
    """Seconds for one file of 1,000 lines that is new, analyser imported and warmed up."""
    from asyncsa_lint.config import Config
    from asyncsa_lint.pipeline.run import lint
    from benchmarks.cost import module

    text = "".join(module(number) for number in range(60))
    lines = text.splitlines(keepends=True)[:1_000]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(5):
            path = Path(folder, f"turn{turn}", "one.py")
            path.parent.mkdir()
            path.write_text("".join(lines).rpartition("\n\n\n")[0] + "\n", encoding="utf-8")
            start = time.perf_counter()
            lint([str(path)], Config(), root=str(path.parent))
            found.append(time.perf_counter() - start)
    return statistics.median(found[1:])


def leaf_of(folder: Path) -> Path:
    """A file of path operations or commands that no other file imports by its name."""
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in folder.rglob("*.py")}
    everything = "\n".join(texts.values())
    candidates = [
        path
        for path, text in sorted(texts.items())
        if "async def" in text and path.stem.isidentifier() and everything.count(path.stem) <= 2
    ]
    return candidates[len(candidates) // 2] if candidates else min(texts)


def model_of(folder: Path) -> Path:
    """The file with the most mapped attributes."""
    counts = {
        path: path.read_text(encoding="utf-8", errors="replace").count("mapped_column(")
        + path.read_text(encoding="utf-8", errors="replace").count("relationship(")
        for path in folder.rglob("*.py")
    }
    return max(sorted(counts), key=lambda path: counts[path])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the result is the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__.partition("\n")[0])
    parser.add_argument("--packages", nargs="+", default=PACKAGES, metavar="NAME", help="pinned packages")
    parser.add_argument("--repetitions", type=int, default=3, help="of each measurement (default: 3)")
    parser.add_argument("--skip", default="", metavar="PARTS", help=f"of {', '.join(SKIPPABLE)}")
    parser.add_argument("--sizes", type=int, nargs="+", default=(625, 1250, 2500, 5000), metavar="N")
    parser.add_argument(
        "--corpus", type=Path, default=CORPUS, metavar="DIR", help="where packages are unpacked"
    )
    parser.add_argument("--parse-only", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.parse_only:
        parse_all(options.parse_only)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "corpus")
        sources = {each.label: unpacked(each, options.corpus) for each in packages(options.packages)}
        for label, source in sources.items():
            shutil.copytree(source, folder / label)
        bench = Bench(folder, options.repetitions)
        print(f"{', '.join(sources)}; {options.repetitions} repetitions, medians")
        bench.ourselves()
        bench.small()
        if "hosts" not in options.skip:
            bench.hosts()
        if "linters" not in options.skip:
            bench.others()
        if "cost" not in options.skip:
            costly = [folder / label for label in sources if label.rpartition("-")[0] in COSTLY]
            cost_table(costly, Path(scratch, "synthetic"), options.sizes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
