"""Measures how many real bugs the linter finds.

    python -m tasks.recall --mirror DIR --bugs bugs.jsonl [--traps traps.jsonl] [--live live.jsonl]

The files hold one JSON object a line. A bug has `repo`, `parent`, `fix` (commits), `file`,
`lines` (in the parent), `cls`, `needs` and `alt` (other acceptable places). It is found
when in the whole tree of the parent a finding of a family that fits `cls` stands within
two lines of `lines` or `alt`, and the same finding (code, function, text of the line and of
the message without its numbers) is gone in the tree of the fix. A trap has `rev`, `lines`,
`naive_cls` and must be silent; a live positive has `rev`, `lines`, `cls` and must be found.
`DIR` holds the git repositories, `owner+name/repo`, `owner+name` or `owner+name.git`.

`recall_mined.jsonl` beside this file holds bugs found in the public history of projects, each
for the mechanism that its note describes.

Trees and results are kept by commit in an ignored folder; results also by the code of the
linter, so a commit is linted once for each state of it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.corpus import CORPUS, CorpusError
from tasks.linting import Found, LintRun, lint, tool_digest
from tasks.revisions import Revision, Trees

SLACK = 2
FAMILIES: Mapping[str, frozenset[str]] = {
    "lazy-access": frozenset({"ASA501", "ASA504", "ASA505", "ASA508"}),
    "lazy-serialize": frozenset({"ASA508", "ASA501", "ASA504", "ASA505"}),
    "detached-access": frozenset({"ASA504", "ASA501", "ASA505"}),
    "expired-after-commit": frozenset({"ASA505", "ASA508", "ASA504"}),
    "expired-after-rollback": frozenset({"ASA505", "ASA508", "ASA504"}),
    "server-onupdate": frozenset({"ASA505", "ASA508"}),
    "noload-empty": frozenset({"ASA501"}),
    "concurrent-session": frozenset({"ASA601"}),
    "bg-session": frozenset({"ASA602", "ASA601"}),
    "global-session": frozenset({"ASA201"}),
    "unawaited": frozenset({"ASA609", "ASA104"}),
    "engine-per-request": frozenset({"ASA101", "ASA103"}),
    "missing-dispose": frozenset({"ASA103", "ASA407"}),
    "on-event": frozenset({"ASA401", "ASA402"}),
    "sync-in-async": frozenset({"ASA608"}),
}
"""Codes that say what the class of a bug says."""
STATES = ("found", "stays", "missed", "failed")
"""Found and gone in the fix; also reported in the fix; not reported; could not be linted."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    path: str
    line: int

    def has(self, found: Found) -> bool:
        """Whether the finding stands here, give or take the slack."""
        return found.path == self.path and abs(found.line - self.line) <= SLACK


@dataclass(frozen=True, slots=True)
class Bug:
    """An entry of any of the files; without `fix` nothing has to be gone."""

    repo: str
    rev: str
    fix: str
    places: tuple[Place, ...]
    cls: str
    needs: str = ""
    note: str = ""

    @property
    def family(self) -> frozenset[str]:
        """Codes that count; no class that we know is an error of the file."""
        if self.cls not in FAMILIES:
            raise CorpusError(f"{self.repo}: unknown class {self.cls!r}; known are {', '.join(FAMILIES)}")
        return FAMILIES[self.cls]

    def revisions(self) -> tuple[Revision, ...]:
        """The trees that have to be linted."""
        return tuple(Revision(self.repo, commit) for commit in (self.rev, self.fix) if commit)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one bug."""

    bug: Bug
    state: str
    evidence: tuple[Found, ...] = field(default=())


def read_bugs(path: Path) -> tuple[Bug, ...]:
    """Entries of a bugs, traps or live-positives file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(_bug(json.loads(line)) for line in lines if line.strip())


def _bug(record: Mapping[str, Any]) -> Bug:
    own = [Place(record["file"], line) for line in record["lines"]]
    alternatives = [Place(each["file"], each["line"]) for each in record.get("alt", ())]
    return Bug(
        repo=record["repo"],
        rev=record.get("parent") or record["rev"],
        fix=record.get("fix", ""),
        places=(*own, *alternatives),
        cls=record.get("cls") or record["naive_cls"],
        needs=record.get("needs", ""),
        note=record.get("note") or record.get("why", ""),
    )


def judge(bug: Bug, result: Callable[[Revision], LintRun]) -> Outcome:
    """Apply the rule of the module docstring to one bug."""
    family = bug.family
    before, *fixed = (result(revision) for revision in bug.revisions())
    if before.failure or any(run.failure for run in fixed):
        return Outcome(bug, "failed")
    there = tuple(
        found
        for found in before.findings
        if found.code in family and any(place.has(found) for place in bug.places)
    )
    still = {_claim(found) for run in fixed for found in run.findings}
    gone = tuple(found for found in there if _claim(found) not in still)
    if gone:
        return Outcome(bug, "found", gone)
    return Outcome(bug, "stays" if there else "missed", there)


def _claim(found: Found) -> tuple[str, ...]:
    """What stays when lines move: of two calls that are written alike, each may be given something else."""
    return (*found.key, re.sub(r"[\w./-]*:?\d+", "", found.message))


class Results:
    """Lint runs by revision, each made once, and kept on disk."""

    def __init__(self, trees: Trees, folder: Path, linter: Callable[[Path], LintRun]) -> None:
        self._trees = trees
        self._folder = folder
        self._linter = linter

    def __call__(self, revision: Revision) -> LintRun:
        kept = self._folder / f"{revision.label}.json"
        if kept.is_file():
            return LintRun.from_json(json.loads(kept.read_text(encoding="utf-8")))
        run = self._linter(self._trees.tree(revision))
        print(
            f"linted {revision.label}: {run.failure or f'{run.seconds:.0f} s'}", file=sys.stderr, flush=True
        )
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(run.to_json()), encoding="utf-8")
        return run

    def prepare(self, bugs: Iterable[Bug], jobs: int) -> None:
        """Lint all revisions of the bugs, several at a time."""
        revisions = sorted({revision for bug in bugs for revision in bug.revisions()})
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(self, revisions))


def table(outcomes: Sequence[Outcome]) -> Iterable[str]:
    """One line a bug."""
    for outcome in outcomes:
        bug = outcome.bug
        place = f"{bug.places[0].path}:{bug.places[0].line}"
        evidence = ", ".join(sorted({f"{found.code} {found.place}" for found in outcome.evidence}))
        yield f"{outcome.state:7} {bug.cls:22} {bug.needs:15} {bug.repo} {place}  {evidence}".rstrip()


def totals(outcomes: Sequence[Outcome]) -> Iterable[str]:
    """Found of all, by what the analysis must follow and by class."""
    for title, names in (
        ("needs", [outcome.bug.needs or "-" for outcome in outcomes]),
        ("class", [outcome.bug.cls for outcome in outcomes]),
    ):
        groups: dict[str, Counter[str]] = defaultdict(Counter)
        for name, outcome in zip(names, outcomes, strict=True):
            groups[name][outcome.state] += 1
        for name, counts in sorted(groups.items()):
            yield f"  {title} {name:24} {share(counts)}"
    yield f"  all   {'':24} {share(Counter(outcome.state for outcome in outcomes))}"


def share(counts: Mapping[str, int]) -> str:
    """`found/all`, and the other states where there are any."""
    rest = ", ".join(f"{counts[state]} {state}" for state in STATES[1:] if counts.get(state))
    return f"{counts.get('found', 0)}/{sum(counts.values())}" + (f"  ({rest})" if rest else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit status is 1 when a trap is reported or a tree could not be linted."""
    parser = argparse.ArgumentParser(prog="python -m tasks.recall", description="Recall on fixed bugs.")
    parser.add_argument(
        "--mirror", type=Path, required=True, metavar="DIR", help="folder with the repositories"
    )
    parser.add_argument("--bugs", type=Path, metavar="FILE", help="bugs with parent and fix")
    parser.add_argument("--traps", type=Path, metavar="FILE", help="right code that must stay silent")
    parser.add_argument("--live", type=Path, metavar="FILE", help="defects still there at `rev`")
    parser.add_argument(
        "--cache", type=Path, default=CORPUS / "recall", metavar="DIR", help="trees and results"
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="entries whose repository or class has it")
    parser.add_argument("--jobs", type=int, default=2, help="trees linted at the same time")
    parser.add_argument("--extract-only", action="store_true", help="only unpack the trees")
    options = parser.parse_args(arguments)
    files = {"bugs": options.bugs, "traps": options.traps, "live positives": options.live}
    try:
        groups = {title: read_bugs(path) for title, path in files.items() if path}
        chosen = {
            title: [bug for bug in bugs if options.only in bug.repo or options.only in bug.cls]
            for title, bugs in groups.items()
        }
        return _measure(chosen, options)
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2


def _measure(chosen: Mapping[str, Sequence[Bug]], options: argparse.Namespace) -> int:
    trees = Trees(options.mirror, options.cache / "trees")
    everything = [bug for bugs in chosen.values() for bug in bugs]
    if options.extract_only:
        for revision in sorted({revision for bug in everything for revision in bug.revisions()}):
            print(trees.tree(revision))
        return 0
    results = Results(trees, options.cache / "results" / tool_digest(), lint)
    results.prepare(everything, options.jobs)
    wrong = 0
    for title, bugs in chosen.items():
        outcomes = [judge(bug, results) for bug in bugs]
        reported = "reported" if title == "traps" else "found"
        print(f"{title} ({reported} of all)", *table(outcomes), *totals(outcomes), "", sep="\n")
        wrong += sum(outcome.state == "failed" for outcome in outcomes)
        wrong += sum(outcome.state == "found" for outcome in outcomes) if title == "traps" else 0
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
