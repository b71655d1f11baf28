"""Judged findings: recognised again, counted, compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tasks.corpus import CorpusError
from tasks.ecosystem import Verdict, difference, precision, read_verdicts, report, updated, write_verdicts
from tasks.linting import Found, LintRun

FOUND = Found("ASA601", "app/main.py", 10, "stats", "await asyncio.gather(a(db), b(db))", "shared")
OTHER = replace(FOUND, code="ASA609", line=20, source="db.commit()", message="lost")
VERDICT = Verdict("demo", FOUND.code, FOUND.path, 10, FOUND.symbol, FOUND.source, "true", "both use db")


def run(*findings: Found, failure: str = "") -> LintRun:
    return LintRun(findings, 1.0, failure)


def test_a_verdict_survives_moved_lines() -> None:
    moved = replace(FOUND, line=99)
    counts = precision({"demo": run(moved)}, {VERDICT.key: VERDICT})
    assert (counts["ASA601"].true, counts["ASA601"].text) == (1, "1.000")


def test_a_verdict_of_another_package_does_not_count() -> None:
    counts = precision({"elsewhere": run(FOUND)}, {VERDICT.key: VERDICT})
    assert (counts["ASA601"].findings, counts["ASA601"].true, counts["ASA601"].text) == (1, 0, "-")


def test_precision_leaves_out_what_is_unsure() -> None:
    verdicts = [
        VERDICT,
        replace(VERDICT, source="x", verdict="false", why="a lock"),
        replace(VERDICT, source="y", verdict="unsure", why=""),
    ]
    findings = [FOUND, replace(FOUND, source="x"), replace(FOUND, source="y")]
    counts = precision({"demo": run(*findings)}, {verdict.key: verdict for verdict in verdicts})
    assert counts["ASA601"].text == "0.500"


def test_new_findings_are_added_as_unsure_and_known_ones_keep_their_verdict() -> None:
    result = updated({VERDICT.key: VERDICT}, {"demo": run(replace(FOUND, line=12), OTHER)})
    assert result[VERDICT.key] == replace(VERDICT, line=12)
    assert (
        updated({VERDICT.key: replace(VERDICT, readings=2)}, {"demo": run(FOUND)})[VERDICT.key].readings == 2
    )
    assert [verdict.verdict for verdict in result.values()] == ["true", "unsure"]


def test_verdicts_are_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.jsonl"
    write_verdicts(path, [VERDICT])
    assert read_verdicts(path) == {VERDICT.key: VERDICT}


@pytest.mark.parametrize("bad", [replace(VERDICT, verdict="maybe"), replace(VERDICT, why="")])
def test_a_judgement_needs_a_reason(tmp_path: Path, bad: Verdict) -> None:
    path = tmp_path / "verdicts.jsonl"
    write_verdicts(path, [bad])
    with pytest.raises(CorpusError, match=r"verdicts\.jsonl:1"):
        read_verdicts(path)


def test_the_verdicts_of_the_project_are_in_order() -> None:
    from tasks.ecosystem import VERDICTS

    read_verdicts(VERDICTS)


def test_the_difference_counts_what_came_and_went() -> None:
    before = {"demo": run(FOUND, FOUND)}
    after = {"demo": run(FOUND, OTHER), "new": run(OTHER)}
    assert [line[:24] for line in difference(before, after)] == [
        "- demo app/main.py:10 AS",
        "+ demo app/main.py:20 AS",
    ]


def test_the_report_names_failures_and_internal_errors() -> None:
    crash = replace(FOUND, code="ASA009", message="rule x failed")
    text = "\n".join(report({"demo": run(FOUND, crash), "slow": run(failure="no answer")}, {}))
    assert "slow: 0 findings, 1.0 s, FAILED: no answer" in text
    assert "internal error: demo app/main.py:10 rule x failed" in text
    assert "unjudged: demo app/main.py:10 ASA601 shared" in text


def test_the_report_names_judged_findings_that_are_gone() -> None:
    mended = replace(VERDICT, source="x", verdict="mended", why="a lock")
    elsewhere = replace(VERDICT, package="elsewhere")
    verdicts = {each.key: each for each in (VERDICT, mended, elsewhere)}
    lines = [line for line in report({"demo": run()}, verdicts) if line.startswith("gone")]
    assert lines == ["gone: demo app/main.py:10 ASA601 (true: both use db)"]
    assert not any("gone" in line for line in report({"demo": run(failure="no answer")}, verdicts))
    assert not any("gone" in line for line in report({"demo": run(replace(FOUND, line=7))}, verdicts))
