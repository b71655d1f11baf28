"""The page of a rule says whether there is a repair, and the repair does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncsa_lint.pipeline.run import lint
from asyncsa_lint.rules.registry import Rule, all_rules
from tests.fixes.repairing import repair
from tests.test_cases import CASES
from tests.test_docs import REPAIRED, program, sections

WITH_REPAIR = [rule for rule in all_rules() if REPAIRED in sections(rule)]
NEEDS_MORE = {"engine-never-disposed": "the example has no exit stack"}
"""Rules whose example is not what the repair is for, and why."""


@pytest.mark.parametrize("rule", WITH_REPAIR, ids=lambda rule: rule.name)
def test_the_example_is_repaired(rule: Rule, tmp_path: Path) -> None:
    if rule.name in NEEDS_MORE:
        return
    (tmp_path / "pyproject.toml").touch()
    path = tmp_path / "shop.py"
    path.write_text(program(rule, "Example"), encoding="utf-8")
    run = repair(tmp_path)
    assert [finding.rule for finding in run.repaired.fixed] == [rule.name]
    assert run.result.findings == ()
    safe = sections(rule)[REPAIRED].startswith("Safe: ")
    assert {bool(f.fix and f.fix.safe) for f in run.repaired.fixed} == {safe}


def test_every_rule_with_a_repair_has_a_page_that_says_so() -> None:
    names = {rule.name for rule in WITH_REPAIR}
    for rule in all_rules():
        folder = CASES / rule.name
        positives = [str(path) for path in sorted(folder.glob("positive_*.py"))]
        found = lint(positives, root=str(folder)).findings if positives else ()
        if any(f.rule == rule.name and f.fix is not None and f.fix.is_applicable for f in found):
            assert rule.name in names
