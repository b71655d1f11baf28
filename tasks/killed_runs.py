"""Kills runs at random moments and compares what the next one says with a run without a cache.

    python -m tasks.killed_runs PROJECT [--runs 100] [--seed 0]

A short version of this is a test; this one is for a night. PROJECT is copied, and changed a little
before every run, so that there is always something to be written.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path


def check(project: Path, *options: str) -> tuple[int, str]:
    """Exit status and output of a run that ends by itself."""
    command = [sys.executable, "-m", "asyncsa_lint", "check", "--profile=all", *options, "."]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill and compare; the result is 1 when an answer was another one."""
    parser = argparse.ArgumentParser(prog="python -m tasks.killed_runs")
    parser.add_argument("project", type=Path)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    generator = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch, "project")
        shutil.copytree(options.project, project, ignore=shutil.ignore_patterns(".asyncsa_cache"))
        for number in range(options.runs):
            (project / "changed_by_the_task.py").write_text(f"number = {number}\n", encoding="utf-8")
            command = [sys.executable, "-m", "asyncsa_lint", "check", "--profile=all", "."]
            process = subprocess.Popen(
                command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            try:
                process.wait(generator.uniform(0.1, 5))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if check(project) != check(project, "--no-cache"):
                print(f"run {number}: another answer than without a cache")
                return 1
    print(f"{options.runs} runs, {options.seed} as seed: always the same answer")
    return 0


if __name__ == "__main__":
    sys.exit(main())
