"""Every file of test_cases/: each finding has its comment, each comment its finding.

    return order.total  # error: 12 [expired-attribute-access] "commit"

`12` is the 1-based column and optional, so is the piece of the message. Several on one
line are separated by another `# error:`. `# ok: [rule]` marks a near miss, `todo-missed`
and `todo-false` what is known to be wrong: they fail as soon as it is right.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from asyncsa_lint.config import Config
from asyncsa_lint.findings import Finding
from asyncsa_lint.pipeline.run import Workspace, lint

CASES = Path(__file__).parent.parent / "test_cases"
COMMENT = re.compile(
    r'#\s*(error|ok|todo-missed|todo-false):\s*(?:(\d+)\s+)?\[([a-z0-9-]+)\](?:\s+"([^"]*)")?'
)
NOT_OF_THE_CASE = ("proofs.py", "project_*/")
"""What a case file's project leaves out: code that runs the cases, and other projects."""


@dataclass(frozen=True)
class Expectation:
    path: str
    line: int
    kind: str
    column: int | None
    rule: str
    piece: str

    def matches(self, finding: Finding) -> bool:
        """Same rule on the same line, and column and text where they are given."""
        column = self.column in (None, finding.span.column + 1)
        here = (finding.span.path, finding.span.line, finding.rule) == (self.path, self.line, self.rule)
        return here and column and self.piece in finding.message


def subjects() -> Iterable[Path]:
    """Case files and their helpers one by one, `project_*` folders whole."""
    for rule in sorted(path for path in CASES.iterdir() if path.is_dir()):
        yield from sorted(path for path in rule.glob("*.py") if path.name != "proofs.py")
        yield from sorted(path for path in rule.glob("project_*") if path.is_dir())


def expectations(path: Path) -> Iterable[Expectation]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    for token in tokens:
        if token.type == tokenize.COMMENT:
            for kind, column, rule, piece in COMMENT.findall(token.string):
                place = (path.as_posix(), token.start[0])
                yield Expectation(*place, kind, int(column) if column else None, rule, piece)


def disagreements(expected: list[Expectation], findings: list[Finding]) -> Iterable[str]:
    """What is missing, what is too much, and what has become right meanwhile."""
    open_findings = list(findings)
    for wanted in sorted(expected, key=lambda each: (each.path, each.line, each.column is None)):
        found = next((finding for finding in open_findings if wanted.matches(finding)), None)
        place = f"{Path(wanted.path).name}:{wanted.line} [{wanted.rule}]"
        if wanted.kind in ("error", "todo-false"):
            if found is not None:
                open_findings.remove(found)
            else:
                yield f"{place} {'missing' if wanted.kind == 'error' else 'is silent now: drop todo-false'}"
        elif wanted.kind == "todo-missed" and found is not None:
            yield f"{place} is found now: make it an error comment"
    for finding in open_findings:
        place = f"{Path(finding.span.path).name}:{finding.span.line}:{finding.span.column + 1}"
        yield f"{place} [{finding.rule}] unexpected: {finding.message}"


@cache
def workspace(root: Path) -> Workspace:
    """The files of one folder are linted one by one, but the folder is analysed once."""
    exclude = () if root.name.startswith("project_") else NOT_OF_THE_CASE
    return Workspace(Config(profile="all", exclude=exclude), root=str(root))


@pytest.mark.parametrize("subject", subjects(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_case(subject: Path) -> None:
    files = sorted(subject.rglob("*.py")) if subject.is_dir() else [subject]
    expected = [each for path in files for each in expectations(path)]
    folder = subject if subject.is_dir() else subject.parent
    result = lint([str(subject)], workspace=workspace(folder))
    assert not (wrong := list(disagreements(expected, list(result.findings)))), "\n" + "\n".join(wrong)
