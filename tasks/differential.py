"""Compares executions and verdicts of many generated programs.

    python -m tasks.differential --programs 50000 --seed 1 --jobs 2 [--results FILE] [--show 10]

Programs come in batches that share their mapped classes; a batch is decided by the seed and
its number, so a run is the same again. Each finished batch is a line of the results file, and
a run that is started again goes on after them. In the end the disagreements are shown, made
small, as texts that can be kept in `tests/differential/cases`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.differential.cases import case_text
from tests.differential.comparison import Comparison, Disagreement, check_batch, without_failing
from tests.differential.execution import Models
from tests.differential.minimising import disagreements, minimised
from tests.differential.programs import make_program
from tests.differential.schemas import make_schema

BATCH = 20
"""Programs that share one set of mapped classes."""
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Job:
    """One batch of a run."""

    seed: int
    number: int


def texts_of(job: Job) -> tuple[str, dict[str, dict[str, str]]]:
    """The mapped classes of a batch and its programs."""
    random = Random(f"{job.seed}:{job.number}")
    schema = make_schema(random)
    return schema.source, {str(number): make_program(random, schema) for number in range(BATCH)}


def compared(job: Job) -> dict[str, Any]:
    """The results of a batch as plain data."""
    warnings.simplefilter("ignore")
    source, programs = texts_of(job)
    models = Models(source)
    try:
        found = check_batch(models, programs)
    finally:
        models.close()
    total = Comparison()
    for each in found.values():
        total.add(each)
    wrong = [[name, str(each)] for name, result in found.items() for each in result.disagreements[:1]]
    return {"batch": job.number, "reads": dict(total.reads), "errors": dict(total.errors), "wrong": wrong}


def run(jobs: Sequence[Job], processes: int, results: Path) -> None:
    """Compare the batches that the results file does not have yet."""
    with results.open("a", encoding="utf-8") as file:
        for done, result in enumerate(_results(jobs, processes), start=1):
            file.write(json.dumps(result, sort_keys=True) + "\n")
            file.flush()
            if done % 10 == 0:
                print(f"{done * BATCH} of {len(jobs) * BATCH} programs", file=sys.stderr)


def _results(jobs: Sequence[Job], processes: int) -> Iterable[dict[str, Any]]:
    if processes == 1:
        yield from map(compared, jobs)
        return
    with multiprocessing.get_context("spawn").Pool(processes, maxtasksperchild=50) as pool:
        yield from pool.imap_unordered(compared, jobs)


def known(results: Path) -> list[dict[str, Any]]:
    """The batches of a results file; a last line that was cut off is none."""
    if not results.exists():
        return []
    lines = results.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def small(job: Job, name: str) -> tuple[Disagreement, dict[str, str]] | None:
    """The first disagreement of a program, with the smallest program found that shows it."""
    source, programs = texts_of(job)
    files: Any = programs[name]
    while files is not None:
        texts = {"models.py": source, **files}
        found = disagreements(texts)
        if found:
            return found[0], minimised(texts, found[0])
        models = Models(source)
        files = without_failing(files, models.run(files))
        models.close()
    return None


def report(batches: Sequence[dict[str, Any]], seed: int, show: int) -> int:
    """Print what was found; the number of programs that show a disagreement."""
    reads: Counter[str] = Counter()
    for batch in batches:
        reads.update(batch["reads"])
    wrong = [(batch["batch"], name, text) for batch in batches for name, text in batch["wrong"]]
    unknown = sum(count for kind, count in reads.items() if kind.startswith(UNKNOWN))
    print(f"{len(batches) * BATCH} programs, {reads.total()} reads reached by executions")
    for kind, count in sorted(reads.items()):
        print(f"  {count:8} {kind}")
    print(f"unknown: {unknown / max(reads.total(), 1):.1%} of the reads")
    print(f"{len(wrong)} programs with a disagreement")
    for number, name, text in wrong[:show]:
        print(f"\n{number}/{name} {text}")
        made = small(Job(seed, number), name)
        if made is not None:
            print(case_text(made[1], str(made[0])))
    return len(wrong)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and fail when there is a disagreement."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--programs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", type=int, default=10, help="how many disagreements to make small")
    parser.add_argument("--results", type=Path, help="default: .differential/SEED.jsonl")
    given = parser.parse_args(arguments)
    results: Path = given.results or Path(".differential") / f"{given.seed}.jsonl"
    results.parent.mkdir(parents=True, exist_ok=True)
    done = {batch["batch"] for batch in known(results)}
    wanted = range(-(-given.programs // BATCH))
    warnings.simplefilter("ignore")
    run([Job(given.seed, number) for number in wanted if number not in done], given.jobs, results)
    return 1 if report([b for b in known(results) if b["batch"] in wanted], given.seed, given.show) else 0


if __name__ == "__main__":
    sys.exit(main())
