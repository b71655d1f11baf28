"""Scaffolding a rule gives files that the inventory would accept."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from asyncsa_lint.pipeline.planned import PLANNED_RULES
from asyncsa_lint.rules.registry import Rule
from tasks.new_rule import CODES, ScaffoldError, code_of, scaffold


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one rule, ASA601."""
    (tmp_path / CODES).parent.mkdir(parents=True)
    (tmp_path / CODES).write_text("# All codes.\nASA601 session-shared-across-tasks\n", encoding="utf-8")
    return tmp_path


def test_files_make_a_rule(root: Path) -> None:
    new = scaffold(root, "some-made-up-defect", 6, "SessionShared", "tasks")
    assert all((root / path).is_file() for path in new)
    path = root / "src/asyncsa_lint/rules/tasks/some_made_up_defect.py"
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    made = module.some_made_up_defect
    assert isinstance(made, Rule)
    assert (made.name, made.preview) == ("some-made-up-defect", True)
    assert f"{made.code} some-made-up-defect" in (root / CODES).read_text(encoding="utf-8").splitlines()
    assert made.code not in PLANNED_RULES


def test_planned_name_gets_its_reserved_code() -> None:
    code, name = next(iter(PLANNED_RULES.items()))
    assert code_of(name, int(code[3]), {}) == code


def test_planned_name_in_another_series_is_refused() -> None:
    code, name = next(iter(PLANNED_RULES.items()))
    with pytest.raises(ScaffoldError, match=code):
        code_of(name, (int(code[3]) + 1) % 10, {})


@pytest.mark.parametrize(
    ("name", "event", "complaint"),
    [
        ("no-sharing", "SessionShared", "gives advice"),
        ("Sharing", "SessionShared", "is no rule name"),
        ("session-shared-across-tasks", "SessionShared", "is or was a rule"),
        ("some-made-up-defect", "Nothing", "is no event"),
        ("some-made-up-defect", "StrEnum", "is no event"),
    ],
)
def test_refusals(root: Path, name: str, event: str, complaint: str) -> None:
    with pytest.raises(ScaffoldError, match=complaint):
        scaffold(root, name, 6, event, "tasks")
    assert list(root.rglob("*.py")) == []
