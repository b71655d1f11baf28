"""Every row does at run time what it says, and the analysis says so, or the row says why it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from asyncsa_lint.pipeline.planned import PLANNED_RULES
from tasks import truth
from tests.truth.building import Program, build
from tests.truth.judging import Judgement, judgements
from tests.truth.reading import RowFile, Verdict, row_files
from tests.truth.running import Outcome, can_run, run_all

every_file = pytest.mark.parametrize("file", row_files(), ids=lambda file: file.name)


@pytest.mark.filterwarnings("ignore")
@every_file
def test_runs_end_as_the_rows_say(file: RowFile, tmp_path: Path) -> None:
    """The failure is where the finding stands, too."""
    programs = [program for program in build(file, tmp_path.resolve()) if can_run(program)]
    found = {_name(each.program): each for each in judgements(file)}
    wrong: list[str] = []
    for program, outcome in zip(programs, run_all(programs, tmp_path.resolve()), strict=True):
        place = f"{file.name}.txt:{program.row.line} {program.row.label} ({program.function})"
        wrong += [f"{place}: {text}" for text in _complaints(found[_name(program)], outcome)]
    assert not wrong, "\n" + "\n".join(wrong)


def _name(program: Program) -> tuple[str, str]:
    return program.path.stem, program.function


def _complaints(judgement: Judgement, outcome: Outcome) -> Iterator[str]:
    row = judgement.program.row
    if bool(outcome.failure) is not (row.verdict is Verdict.RAISES):
        yield f"{row.verdict} was expected: {outcome.failure or 'no exception'}"
    elif "AssertionError" in outcome.failure:
        yield f"what the row asserts does not hold: {outcome.failure}"
    lines = {finding.span.line for finding in judgement.findings}
    implicit = all(code.startswith("ASA50") for code in judgement.codes)
    if lines and implicit and outcome.lines and "module" not in row.conditions and not lines & outcome.lines:
        yield f"fails on lines {sorted(outcome.lines)}, found on {sorted(lines)}"


@every_file
def test_analysis_says_what_the_run_says(file: RowFile) -> None:
    wrong = [
        f"{file.name}.txt:{row.line} {row.verdict}: {row.label} ({each.program.function}): "
        + (f"agrees now, drop the reason: {sorted(each.codes)}" if row.out_of_reach else str(each.findings))
        for each in judgements(file)
        if each.agrees is bool((row := each.program.row).out_of_reach)
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_rules_that_are_said_to_be_missing_are() -> None:
    reasons = {row.out_of_reach for file in row_files() for row in file.rows}
    codes = {reason for reason in reasons if re.fullmatch(r"ASA\d{3}", reason)}
    assert codes <= PLANNED_RULES.keys()


def test_table_is_not_stale() -> None:
    assert truth.TABLE.read_text(encoding="utf-8") == truth.rendered(), "run `python -m tasks.truth`"
