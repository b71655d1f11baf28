"""What was repaired works: the proofs of the positive fixtures, on repaired copies, expect no failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixes.repairing import repaired_cases
from tests.proofs.harness import Skip, proofs_of, run_proof
from tests.test_cases import CASES

DRIVEN = (
    "detached-instance-access",
    "expired-attribute-access",
    "joined-collection-without-unique",
    "lazy-attribute-access",
    "response-schema-lazy-field",
)
"""Rules whose proofs call every function of their fixtures (`tests.proofs.driver`)."""


def _driven(rule: str) -> list[str]:
    """The proofs on SQLite that call the functions of positive fixtures one by one."""
    file = CASES / rule / "proofs.py"
    lines = file.read_text(encoding="utf-8").splitlines()
    starts = proofs_of(CASES / rule)
    ends = dict(zip(starts.values(), [*list(starts.values())[1:], len(lines) + 1], strict=True))
    return [
        name
        for name, line in starts.items()
        if "postgres" not in name and _calls_positives("\n".join(lines[line - 1 : ends[line] - 1]))
    ]


def _calls_positives(text: str) -> bool:
    return ".positives(" in text or ".project(" in text


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rule", DRIVEN)
def test_repaired_fixtures_fail_only_where_something_is_still_found(rule: str, tmp_path: Path) -> None:
    folder = tmp_path / rule
    remaining = repaired_cases(rule, folder)
    wrong: list[str] = []
    for name in _driven(rule):
        try:
            run_proof(folder, name, remaining)
        except Skip:
            continue
        except AssertionError as error:
            wrong.append(f"{name}: {error}")
    assert not wrong, "\n".join(wrong)
