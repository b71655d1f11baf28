"""Codes, names, files, cases, pages and changelog tell of the same rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asyncsa_lint.flow.events import Event
from asyncsa_lint.pipeline.planned import PLANNED_RULES
from asyncsa_lint.pipeline.tool_rules import TOOL_RULES
from asyncsa_lint.rules.registry import Rule, all_rules

ROOT = Path(__file__).parent.parent
RULES = ROOT / "src" / "asyncsa_lint" / "rules"
CASES = ROOT / "test_cases"
CODES = ROOT / "tests" / "rules" / "codes.txt"

every_rule = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)


def names() -> set[str]:
    return {rule.name for rule in all_rules()}


def test_codes_are_unique_and_well_formed() -> None:
    codes = [rule.code for rule in all_rules()] + [tool.code for tool in TOOL_RULES]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"ASA[1-9]\d\d", rule.code) for rule in all_rules())
    assert all(re.fullmatch(r"ASA0\d\d", rule.code) for rule in TOOL_RULES)


def test_codes_never_change_and_are_never_reused() -> None:
    _, *rows = CODES.read_text(encoding="utf-8").splitlines()
    listed = [row.split() for row in rows]
    assert rows == sorted(rows)
    assert len({row[0] for row in listed}) == len(rows)
    assert len({row[1] for row in listed}) == len(rows)
    in_use = [row for row in listed if row[2:] != ["retired"]]
    assert in_use == [[rule.code, rule.name] for rule in all_rules()]


def test_every_file_of_a_topic_is_a_rule_of_that_name() -> None:
    files = {path.stem for path in RULES.glob("*/*.py") if not path.stem.startswith("_")}
    assert {stem.replace("_", "-") for stem in files} == names()


def test_a_topic_is_one_series() -> None:
    for topic in sorted(path for path in RULES.iterdir() if (path / "__init__.py").exists()):
        series = {
            rule.code[:4] for rule in all_rules() if list(topic.glob(f"{rule.name.replace('-', '_')}.py"))
        }
        assert len(series) == 1, topic.name


@every_rule
def test_name_states_the_defect(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)
    assert not re.match(r"(no|avoid|use|prefer)-", rule.name)


@every_rule
def test_message_is_one_sentence(rule: Rule) -> None:
    assert not rule.message.endswith(".")
    assert "\n" not in rule.message


@every_rule
def test_both_sides_have_cases(rule: Rule) -> None:
    folder = CASES / rule.name
    projects = list(folder.glob("project_*"))
    assert list(folder.glob("positive_*.py")) or projects
    assert list(folder.glob("negative_*.py")) or projects


def test_cases_belong_to_rules() -> None:
    folders = {path.name for path in CASES.iterdir() if path.is_dir()}
    assert folders <= names() | {tool.name for tool in TOOL_RULES}


def test_pages_belong_to_rules() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "rules").glob("*.md")}
    assert pages == names() | {"index"}


@every_rule
def test_changelog_tells_of_the_rule(rule: Rule) -> None:
    history = ROOT / "CHANGELOG.md"
    texts = [history.read_text(encoding="utf-8")] if history.exists() else []
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "changelog.d").glob("*.md")]
    assert any(f"`{rule.name}`" in text for text in texts)


def test_planned_rules_are_not_built() -> None:
    built = {each.code for each in all_rules()} | {each.name for each in all_rules()}
    assert not built & {*PLANNED_RULES, *PLANNED_RULES.values()}


def test_events_are_hashable() -> None:
    """The pipeline de-duplicates events by value."""
    assert all(cls.__hash__ is not None for cls in Event.__subclasses__())
