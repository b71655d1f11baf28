"""Holding executions and verdicts against each other, read by read.

    a finding on a read that works in every execution         -> `false`
    a silent read, claimed to work, that never does           -> `missed`

An execution that ends at another read or by an exception may have been on its way to where
the finding is right: only programs whose executions all come to their end refute a finding.
For that, reads that always fail are taken out and the program is looked at again. Nor does it
refute anything that all executions go well on rows that happen to lie so: the finding is right
where the read fails with other rows (`seeding.WITNESSES`), or would fail if an earlier one that
is found, too, did not end the execution.

What is claimed of a read holds on the paths that the analysis knows: where a read has worked that
it says fails, the execution has left them, and what comes later was not spoken of.

A read is told apart by the calls that lead to it. Where the analysis claims nothing the read
counts as unknown; reads that no execution reaches do not count.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from asyncsa_lint.flow.verdicts import Verdict
from tests.differential.analysis import Verdicts, analyse
from tests.differential.execution import Execution, Models, Outcome, Reached

Files = Mapping[str, str]
Witness = Callable[[Files], Execution]
ROUNDS = 3
"""How often reads that fail are taken out of a program to see what comes after them."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One read on which execution and analysis differ."""

    kind: str
    """`false`, `missed` or `crash`."""
    reached: Reached | None
    outcomes: frozenset[Outcome]
    message: str

    @property
    def signature(self) -> tuple[str, str, tuple[str, ...]]:
        """What has to stay when the program is made smaller."""
        attribute = self.reached.site.attribute if self.reached else ""
        return self.kind, attribute, tuple(sorted(self.outcomes))

    def __str__(self) -> str:
        if self.reached is None:
            return f"{self.kind}: {self.message}"
        site = self.reached.site
        outcomes = "/".join(sorted(self.outcomes))
        place = f"{site.file}:{site.line}:{site.column + 1}"
        return f"{self.kind}: {place} .{site.attribute} {outcomes} {self.message}"


@dataclass(slots=True)
class Comparison:
    """What the comparison of some programs has shown."""

    disagreements: list[Disagreement] = field(default_factory=list)
    reads: Counter[str] = field(default_factory=Counter)
    """Reads that executions reached, by verdict and how they ended."""
    errors: Counter[str] = field(default_factory=Counter)

    def add(self, other: Comparison) -> None:
        """Take over what another comparison has found."""
        self.disagreements += other.disagreements
        self.reads += other.reads
        self.errors += other.errors

    @property
    def unknown_share(self) -> float:
        """Share of the reads of which nothing is claimed."""
        total = self.reads.total()
        unknown = sum(count for name, count in self.reads.items() if name.startswith(Verdict.UNKNOWN))
        return unknown / total if total else 0.0


def compare(
    execution: Execution, verdicts: Verdicts, elsewhere: tuple[Files, Witness] | None = None
) -> Comparison:
    """Read by read, for one program; `elsewhere` has its files, and executes them with other rows."""
    result = Comparison()
    for finding in verdicts.findings:
        if finding.rule == "internal-error":
            result.disagreements.append(Disagreement("crash", None, frozenset(), finding.message))
    for error in execution.errors:
        result.errors[error.split(": ")[1]] += 1
    for reached, outcomes in sorted(execution.outcomes.items()):
        verdict, claim = verdicts.of(reached)
        fails = outcomes - {Outcome.WORKS}
        result.reads[f"{verdict} {'mixed' if len(outcomes) > 1 else next(iter(outcomes))}"] += 1
        refuted = (
            not execution.cut_short and not execution.recovers and not _fails_somewhere(reached, execution)
        )
        if verdict is Verdict.FAILS and claim is not None and refuted:
            if elsewhere is not None and _borne_out(reached, verdicts, *elsewhere):
                continue
            result.disagreements.append(Disagreement("false", reached, frozenset(outcomes), claim.message))
        elif verdict is Verdict.FINE and fails == outcomes and _is_on_a_path(reached, execution, verdicts):
            result.disagreements.append(Disagreement("missed", reached, frozenset(outcomes), ""))
    return result


def _is_on_a_path(reached: Reached, execution: Execution, verdicts: Verdicts) -> bool:
    """Some execution came here by a path that the analysis takes to be possible."""
    return any(
        all(verdicts.of(each)[0] is not Verdict.FAILS for each in before)
        for before in execution.before[reached]
    )


def _fails_somewhere(reached: Reached, execution: Execution) -> bool:
    """Some execution of this read fails; by whatever calls, since a finding stands for all of them."""
    return any(
        other.site == reached.site and other.calls[:1] == reached.calls[:1] and outcomes != {Outcome.WORKS}
        for other, outcomes in execution.outcomes.items()
    )


def _borne_out(reached: Reached, verdicts: Verdicts, files: Files, witnessed: Witness) -> bool:
    """The read fails with other rows; what is found before it, and fails with them, counts as repaired."""
    for _ in range(ROUNDS):
        execution = witnessed(files)
        if _fails_somewhere(reached, execution):
            return True
        ended = {
            (other.site.file, other.site.line)
            for other, outcomes in execution.outcomes.items()
            if outcomes != {Outcome.WORKS} and verdicts.of(other)[0] is Verdict.FAILS
        }
        if not ended:
            return False
        rest = _blanked(files, ended)
        if rest is None:
            return True
        files = rest
    return True


def check_batch(models: Models, programs: Mapping[str, Files]) -> dict[str, Comparison]:
    """Compare several programs over the same models; each with failing reads taken out, too."""
    found: dict[str, Comparison] = {name: Comparison() for name in programs}
    waiting: dict[str, Files] = dict(programs)
    for _ in range(ROUNDS):
        executions = {name: models.run(files) for name, files in waiting.items()}
        verdicts = analyse(models.source, waiting)
        following: dict[str, Files] = {}
        for name, files in waiting.items():
            said = verdicts[name]
            if any(
                reached.site.file not in files and said.of(reached)[0] is not Verdict.FINE
                for reached in executions[name].outcomes
            ):
                # What is said of reads in models.py is said of all programs at once.
                said = analyse(models.source, {"": files})[""]
            compared = compare(executions[name], said, (files, models.witnessed))
            found[name].add(compared)
            rest = without_failing(files, executions[name])
            if rest is not None and not found[name].disagreements:
                following[name] = rest
        waiting = following
        if not waiting:
            break
    return found


def check_one(models: Models, files: Files) -> Comparison:
    """One program, as it stands."""
    verdicts = analyse(models.source, {"": files})[""]
    return compare(models.run(files), verdicts, (files, models.witnessed))


def without_failing(files: Files, execution: Execution) -> Files | None:
    """The program without the statements whose reads always fail; None when there are none."""
    lines = {
        (reached.site.file, reached.site.line)
        for reached, outcomes in execution.outcomes.items()
        if Outcome.WORKS not in outcomes and reached.site.file in files
    }
    if not lines:
        return None
    return {file: _without(text, {line for f, line in lines if f == file}) for file, text in files.items()}


def _without(text: str, lines: set[int]) -> str:
    """The text without the statements on these lines, nor those that need what they would bind."""
    tree = ast.parse(text)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            _drop(function.body, lines, set())
    return ast.unparse(tree)


def _drop(block: list[ast.stmt], lines: set[int], gone: set[str]) -> None:
    kept = []
    for statement in block:
        head = _head(statement)
        names = {n.id for part in head for n in ast.walk(part) if isinstance(n, ast.Name)}
        if statement.lineno in lines or names & gone:
            stored = (n for n in ast.walk(statement) if isinstance(n, ast.Name))
            gone |= {n.id for n in stored if isinstance(n.ctx, ast.Store)}
            continue
        for name in ("body", "orelse", "finalbody"):
            _drop(getattr(statement, name, []), lines, gone)
        kept.append(statement)
    block[:] = kept or ([ast.Pass()] if block else [])


def _head(statement: ast.stmt) -> list[ast.AST]:
    """The statement, or what a compound one begins with."""
    if isinstance(statement, ast.If):
        return [statement.test]
    if isinstance(statement, ast.For | ast.AsyncFor):
        return [statement.iter]
    return [] if isinstance(statement, ast.Try | ast.AsyncWith) else [statement]


def _blanked(files: Files, places: set[tuple[str, int]]) -> Files | None:
    """The files without the statements on these lines, all others standing where they stood; None when one
    of them does more than read."""
    texts = {file: text.splitlines() for file, text in files.items()}
    for file, line in places:
        if file not in texts:
            return None
        for statement in ast.walk(ast.parse(files[file])):
            if isinstance(statement, ast.stmt) and statement.lineno == line:
                if not _only_reads(statement):
                    return None
                texts[file][line - 1] = " " * statement.col_offset + "pass"
    return {file: "\n".join(lines) + "\n" for file, lines in texts.items()}


def _only_reads(statement: ast.stmt) -> bool:
    """An expression on a line of its own, or one that is bound to `_`."""
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        return isinstance(target, ast.Name) and target.id == "_" and statement.lineno == statement.end_lineno
    return isinstance(statement, ast.Expr) and statement.lineno == statement.end_lineno
