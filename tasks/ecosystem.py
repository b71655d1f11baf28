"""Lints the pinned public packages and holds the findings against what people judged.

    python -m tasks.ecosystem                        all packages
    python -m tasks.ecosystem --package dstack       one of them
    python -m tasks.ecosystem --save run.json        keep the run ...
    python -m tasks.ecosystem --diff run.json        ... and see what a change alters
    python -m tasks.ecosystem --update-verdicts      add new findings to the verdicts

`ecosystem_verdicts.jsonl` has one judged finding a line: `true` (the code is wrong as the
rule says), `false`, `unsure` with the reason, or `mended`: false once and not reported any
more. What is called true is read a second time, from scratch, by somebody who tries to refute
it (`readings`). A finding is recognised by package, file, code, function and the text of its line, so
verdicts survive moved lines. Precision of a rule is true / (true + false). What a change
alters shows without a saved run, too: `unjudged` is a finding that no verdict is about,
`gone` a verdict whose finding is not reported any more. Exit status 1: the tool failed
somewhere.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tasks.corpus import CORPUS, CorpusError, packages, unpacked
from tasks.linting import UNREADABLE, Found, LintRun, lint

VERDICTS = Path(__file__).with_name("ecosystem_verdicts.jsonl")
JUDGEMENTS = ("true", "false", "unsure", "mended")
Key = tuple[str, str, str, str, str]
"""Package, code, path, symbol, source."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reader of the code decided about one finding."""

    package: str
    code: str
    path: str
    line: int
    symbol: str
    source: str
    verdict: str
    why: str
    readings: int = 1
    """How often the code was read, from scratch each time, with this verdict."""

    @property
    def key(self) -> Key:
        return (self.package, self.code, self.path, self.symbol, self.source)


def key_of(package: str, found: Found) -> Key:
    """How a finding of a package is recognised in another run."""
    return (package, *found.key)


def read_verdicts(path: Path) -> dict[Key, Verdict]:
    """The judged findings; a file that does not parse or judge properly is an error."""
    verdicts: dict[Key, Verdict] = {}
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for number, line in enumerate(text.splitlines(), 1):
        verdict = Verdict(**json.loads(line))
        if verdict.verdict not in JUDGEMENTS or (verdict.verdict != "unsure" and not verdict.why):
            raise CorpusError(
                f"{path.name}:{number}: a verdict is true, false (both with a reason) or unsure"
            )
        verdicts[verdict.key] = verdict
    return verdicts


def write_verdicts(path: Path, verdicts: Iterable[Verdict]) -> None:
    """Sorted, one a line, so that changes are readable."""
    ordered = sorted(verdicts, key=lambda each: (each.package, each.path, each.line, each.code))
    lines = (json.dumps(asdict(verdict), ensure_ascii=False) for verdict in ordered)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def updated(verdicts: Mapping[Key, Verdict], runs: Mapping[str, LintRun]) -> dict[Key, Verdict]:
    """Known verdicts at their present lines, and every new finding as `unsure`."""
    result = dict(verdicts)
    for package, run in runs.items():
        for found in run.of_rules():
            key = key_of(package, found)
            known = verdicts.get(key)
            result[key] = Verdict(
                package=package,
                code=found.code,
                path=found.path,
                line=found.line,
                symbol=found.symbol,
                source=found.source,
                verdict=known.verdict if known else "unsure",
                why=known.why if known else "",
                readings=known.readings if known else 1,
            )
    return result


@dataclass(frozen=True, slots=True)
class Precision:
    """How the findings of one rule were judged."""

    findings: int
    true: int
    false: int

    @property
    def text(self) -> str:
        judged = self.true + self.false
        return f"{self.true / judged:.3f}" if judged else "-"


def precision(runs: Mapping[str, LintRun], verdicts: Mapping[Key, Verdict]) -> dict[str, Precision]:
    """Per code, over the findings of these runs."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for package, run in runs.items():
        for found in run.of_rules():
            known = verdicts.get(key_of(package, found))
            counts[found.code].update(["all", known.verdict if known else "unsure"])
    return {
        code: Precision(each["all"], each["true"], each["false"]) for code, each in sorted(counts.items())
    }


def difference(before: Mapping[str, LintRun], after: Mapping[str, LintRun]) -> list[str]:
    """Findings that came and went, as lines with `+` and `-`, for packages in both runs."""
    lines = []
    for package in sorted(before.keys() & after.keys()):
        old = Counter(found.key for found in before[package].findings)
        new = Counter(found.key for found in after[package].findings)
        for sign, run, changed in (("-", before[package], old - new), ("+", after[package], new - old)):
            for found in run.findings:
                if changed[found.key]:
                    changed[found.key] -= 1
                    lines.append(f"{sign} {package} {found.place} {found.code} {found.message}")
    return lines


def gone(package: str, run: LintRun, verdicts: Mapping[Key, Verdict]) -> list[Verdict]:
    """Verdicts on findings of a package that the run does not have; of mended ones that is no news."""
    present = {key_of(package, found) for found in run.of_rules()}
    return [
        verdict
        for key, verdict in verdicts.items()
        if verdict.package == package and verdict.verdict != "mended" and key not in present
    ]


def report(runs: Mapping[str, LintRun], verdicts: Mapping[Key, Verdict]) -> Iterable[str]:
    """The run as text: packages, rules, what is unjudged or gone, what is wrong with the tool."""
    for package, run in runs.items():
        unreadable = sum(found.code == UNREADABLE for found in run.findings)
        note = f", {unreadable} unreadable files" if unreadable else ""
        failure = f", FAILED: {run.failure}" if run.failure else ""
        yield f"{package}: {len(run.of_rules())} findings, {run.seconds:.1f} s{note}{failure}"
    yield "\nrule    findings  true  false  open  precision"
    for code, each in precision(runs, verdicts).items():
        still_open = each.findings - each.true - each.false
        yield f"{code}  {each.findings:8}  {each.true:4}  {each.false:5}  {still_open:4}  {each.text:>9}"
    yield ""
    for package, run in runs.items():
        for found in run.of_rules():
            known = verdicts.get(key_of(package, found))
            judgement = known.verdict if known else "unjudged"
            if judgement != "true":
                yield f"{judgement}: {package} {found.place} {found.code} {found.message}"
        for lost in [] if run.failure else gone(package, run, verdicts):
            yield f"gone: {package} {lost.path}:{lost.line} {lost.code} ({lost.verdict}: {lost.why})"
        for error in run.internal_errors():
            yield f"internal error: {package} {error.place} {error.message}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the result is the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tasks.ecosystem", description="Lint the pinned packages."
    )
    parser.add_argument(
        "--package", action="append", default=[], metavar="NAME", help="only this one; repeatable"
    )
    parser.add_argument(
        "--corpus", type=Path, default=CORPUS, metavar="DIR", help="where packages are unpacked"
    )
    parser.add_argument("--profile", default="all", help="profile to run (default: all)")
    parser.add_argument(
        "--update-verdicts", action="store_true", help="add what is new to the verdicts as unsure"
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the run as JSON")
    parser.add_argument("--diff", type=Path, metavar="BASE", help="compare with a saved run")
    options = parser.parse_args(arguments)
    runs: dict[str, LintRun] = {}
    try:
        verdicts = read_verdicts(VERDICTS)
        for package in packages(options.package):
            print(f"linting {package.label}", file=sys.stderr, flush=True)
            runs[package.name] = lint(unpacked(package, options.corpus), options.profile)
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    for line in report(runs, verdicts):
        print(line)
    if options.diff:
        saved = json.loads(options.diff.read_text(encoding="utf-8"))
        changes = difference({name: LintRun.from_json(run) for name, run in saved.items()}, runs)
        print(f"\n{len(changes)} changes against {options.diff.name}", *changes, sep="\n")
    if options.save:
        saving = {name: run.to_json() for name, run in runs.items()}
        options.save.write_text(json.dumps(saving, indent=1) + "\n", encoding="utf-8")
    if options.update_verdicts:
        write_verdicts(VERDICTS, updated(verdicts, runs).values())
    return int(any(run.failure or run.internal_errors() for run in runs.values()))


if __name__ == "__main__":
    sys.exit(main())
