"""Rewriting a program without changing what it does must not change what is found in it.

Subjects are the rules' case folders and the example project, each rewritten as a whole.
Findings are compared by code and enclosing function: lines, columns and messages follow
the rewriting.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from asyncsa_lint.config import Config
from asyncsa_lint.findings import Finding
from asyncsa_lint.pipeline.run import lint
from tests.meta import splitting, synchronous, transformations
from tests.meta.transformations import Program, Transformation

ROOT = Path(__file__).parent.parent.parent
CASES = ROOT / "test_cases"
SUBJECTS = [*sorted(path for path in CASES.iterdir() if path.is_dir()), ROOT / "examples" / "shop"]
REWRITES: tuple[Transformation, ...] = (
    transformations.printed_anew,
    transformations.pass_inserted,
    transformations.tried,
    transformations.locals_renamed,
    transformations.imports_aliased,
    transformations.modules_imported,
    transformations.functions_reordered,
    splitting.modules_split,
)
ASYNC_ONLY = {"ASA104", "ASA501", "ASA502", "ASA505", "ASA508", "ASA601", "ASA609", "ASA610"}
"""Rules about what only asyncio makes dangerous."""


@cache
def program(folder: Path) -> Program:
    """Python files of a subject; the proofs are not linted."""
    files = (path for path in sorted(folder.rglob("*.py")) if path.name not in {"proofs.py", "seed.py"})
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def findings(texts: Program) -> tuple[Finding, ...]:
    """Findings of all rules in a program that is written down in a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return lint([folder], Config(profile="all")).findings


@cache
def expected(folder: Path) -> Counter[tuple[str, str]]:
    """What is found in a subject as it is written."""
    return summary(findings(program(folder)))


def summary(found: tuple[Finding, ...]) -> Counter[tuple[str, str]]:
    return Counter((finding.code, finding.symbol) for finding in found)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda path: path.name)
@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.__name__)
def test_same_findings(subject: Path, rewrite: Transformation) -> None:
    changed = rewrite(program(subject))
    found = summary(findings(changed))
    assert (found - expected(subject), expected(subject) - found) == (Counter(), Counter())


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda path: path.name)
def test_nothing_is_dangerous_without_asyncio(subject: Path) -> None:
    """But for what fails or lies in every program: a relationship set to raise, one that is never loaded."""
    found = findings(synchronous.made_synchronous(program(subject)))
    everywhere = ("is set to raise", "is mapped as noload")
    dangerous = [
        each
        for each in found
        if each.code in ASYNC_ONLY and not any(words in each.message for words in everywhere)
    ]
    assert [f"{each.symbol}: {each.code} {each.message}" for each in dangerous] == []


@pytest.mark.parametrize(
    "rewrite", [*REWRITES, synchronous.made_synchronous], ids=lambda rewrite: rewrite.__name__
)
def test_rewrites_change_something_and_keep_it_python(rewrite: Transformation) -> None:
    subject = program(ROOT / "examples" / "shop")
    changed = rewrite(subject)
    assert changed != subject
    for path, text in changed.items():
        compile(text, path, "exec", dont_inherit=True)
