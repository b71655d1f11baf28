"""Settings: which are understood, and what is said about those that are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from asyncsa_lint.config import KEYS, Config, ConfigError, load, parse
from asyncsa_lint.findings import Confidence, Finding, Severity, Span
from asyncsa_lint.pipeline.selection import complaint, is_advisory, selected_codes, validate
from asyncsa_lint.rules.registry import all_rules


def test_every_setting_is_read() -> None:
    config = parse(
        {
            "profile": "strict",
            "select": ["ASA5"],
            "engine-ownership": "module",
            "fastapi-version": "0.115.2",
            "allow-async-scoped-session": True,
            "src": ["backend"],
        },
        "pyproject.toml",
    )
    assert config == Config(
        profile="strict",
        select=("ASA5",),
        engine_ownership="module",
        fastapi_version="0.115.2",
        allow_async_scoped_session=True,
        src=("backend",),
    )


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"profil": "all"}, ["unknown key `profil`", "did you mean `profile`?", "allowed are", *KEYS]),
        ({"extend_select": []}, ["unknown key `extend_select`", "did you mean `extend-select`?"]),
        ({"profile": "everything"}, ["`profile` must be one of bugs, strict, all, not `everything`"]),
        ({"profile": True}, ["`profile` must be a string"]),
        ({"engine-ownership": "modul"}, ["lifespan, module", "did you mean `module`?"]),
        ({"select": "ASA5"}, ["`select` must be a list of strings, not 'ASA5'"]),
        ({"select": ["ASA5", 7]}, ["`select` must be a list of strings"]),
        ({"exclude": [""]}, ["`exclude` must be a list of strings"]),
        ({"allow-async-scoped-session": "yes"}, ["must be true or false, not 'yes'"]),
        ({"fastapi-version": ">=0.115"}, ["`fastapi-version` must be a version", "`>=0.115`"]),
    ],
)
def test_complaints_say_what_is_allowed(section: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(section, "pyproject.toml")
    message = str(caught.value)
    assert message.startswith("pyproject.toml: ")
    assert "\n" not in message
    assert all(word in message for word in words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[tool.asyncsa-lint\n", "is not valid TOML"),
        (b'[tool]\nasyncsa-lint = "bugs"\n', "`tool.asyncsa-lint` must be a table"),
        (b'[tool.asyncsa-lint]\nprofile = "\xff"\n', "is not valid TOML"),
        (b"x = " + b"[" * 5000, "is not valid TOML"),
    ],
)
def test_files_that_are_not_configuration(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=words) as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_file_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can not be read"):
        load(tmp_path / "missing.toml")


def test_file_without_our_table(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.ruff]\n", encoding="utf-8")
    assert load(path) == Config()


def codes(**settings: Any) -> frozenset[str]:
    """Codes of the real catalogue that a configuration selects, without the tool's own."""
    selected = selected_codes(Config(**settings), all_rules())
    return frozenset(code for code in selected if not code.startswith("ASA0"))


def test_profiles_hold_each_other() -> None:
    assert codes() < codes(profile="strict") <= codes(profile="all")
    assert {each.code for each in all_rules() if each.severity is Severity.ERROR and not each.preview} | {
        "ASA401"
    } == codes()


@pytest.mark.parametrize(
    ("settings", "selected"),
    [
        ({"select": ("ASA401",)}, {"ASA401"}),
        ({"select": ("ASA40",), "ignore": ("ASA402", "lifespan-not-wired")}, {"ASA401", "ASA403"}),
        ({"select": ("ASA401",), "ignore": ("ASA",)}, {"ASA401"}),
        ({"select": ("ASA401",), "ignore": ("on-event-handler",)}, set()),
        ({"select": ("on-event-handler",), "ignore": ("ASA4",)}, {"ASA401"}),
    ],
)
def test_the_most_specific_selector_decides(settings: dict[str, Any], selected: set[str]) -> None:
    assert codes(**settings) == selected


def test_tool_codes() -> None:
    assert {"ASA001", "ASA002", "ASA004", "ASA009"} <= selected_codes(Config(), all_rules())
    assert "ASA003" not in selected_codes(Config(profile="all", select=("ASA",)), all_rules())
    assert "ASA003" in selected_codes(Config(extend_select=("ASA003",)), all_rules())
    ignored = selected_codes(Config(ignore=("ASA0",)), all_rules())
    assert {"ASA001", "ASA009"} <= ignored
    assert "ASA002" not in ignored


@pytest.mark.parametrize("selector", ["ASA", "ASA5", "ASA501", "asa501", "lazy-attribute-access", "ASA002"])
def test_known_selectors(selector: str) -> None:
    assert complaint(selector) == ""


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ("ASA301", "`ASA301` (uncommitted-writes) is planned, not built yet"),
        ("ASA3", "`ASA3` is planned, not built yet"),
        ("uncommitted-writes", "`uncommitted-writes` is planned, not built yet"),
        ("ASA599", "unknown rule code `ASA599`"),
        ("E501", "unknown rule `E501`"),
        ("lazy-attribute", "did you mean `lazy-attribute-access`?"),
    ],
)
def test_selectors_that_select_nothing(selector: str, words: str) -> None:
    assert words in complaint(selector)
    with pytest.raises(ConfigError, match=r"pyproject\.toml: `ignore`: "):
        validate(Config(ignore=(selector,)), "pyproject.toml")


def test_advisory() -> None:
    span = Span("/a.py", 1, 0, 1, 1)
    finding = Finding("ASA501", "lazy-attribute-access", Severity.ERROR, Confidence.HIGH, "m", span)
    assert is_advisory(finding, Config(advisory=("ASA5",)))
    assert not is_advisory(finding, Config(advisory=("ASA6",)))
