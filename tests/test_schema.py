"""The JSON Schema of the configuration accepts what the loader accepts, and refuses what it refuses."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from jsonschema.protocols import Validator

from asyncsa_lint.config import KEYS, PLANNED_SETTINGS, SETTINGS, Config, ConfigError, parse
from asyncsa_lint.pipeline.selection import validate
from tasks.settings import SCHEMA, main, rendered

VALIDATOR: Validator = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))

WORDS = st.sampled_from(
    [
        *(
            "bugs",
            "strict",
            "all",
            "error",
            "never",
            "lifespan",
            "any",
            "db",
            "ASA",
            "asa5",
            "ASA501",
            "ASA3",
        ),
        *(
            "ASA599",
            "ASA5011",
            "E501",
            "lazy-attribute-access",
            "Lazy-attribute-access",
            "uncommitted-writes",
        ),
        *(
            "1",
            "3.12",
            "py312",
            "py3",
            "3.x",
            "3.12\n",
            "1234567890",
            "",
            "!",
            "!a",
            "a\\",
            "a\\ ",
            "\\",
            "a/",
        ),
        *("app.db.get", "app", "app..db", "app.db.1", ".app", "ä.ö", "a.b\n", "tests/*.py"),
    ]
)
TEXTS = WORDS | st.text("aA15./!\\ \nä", max_size=4)
SCALARS = st.booleans() | st.integers(-2, 8) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
LISTS = st.lists(WORDS, max_size=3) | st.lists(SCALARS, max_size=2)
BUDGETS = st.sampled_from(["max-connections", "reserved", "workers", "instances", "pools"])
TABLES = st.dictionaries(WORDS, LISTS | SCALARS, max_size=2) | st.dictionaries(BUDGETS, SCALARS, max_size=2)
SECTIONS = st.dictionaries(
    st.sampled_from([*KEYS, "extend_select", "profil"]), SCALARS | LISTS | TABLES, max_size=3
)


def is_loaded(section: Mapping[str, Any]) -> bool:
    try:
        validate(parse(section, "asyncsa-lint.toml"), "asyncsa-lint.toml")
    except ConfigError:
        return False
    return True


def has_whole_floats(value: object) -> bool:
    """TOML tells 1.0 from 1, JSON does not."""
    if isinstance(value, dict):
        return any(has_whole_floats(each) for each in value.values())
    if isinstance(value, list):
        return any(has_whole_floats(each) for each in value)
    return isinstance(value, float) and math.floor(value) == value


@settings(max_examples=300, deadline=None)
@given(SECTIONS.filter(lambda section: not has_whole_floats(section)))
@example({"per-file-ignores": {"a\n": ["ASA"]}})
@example({"phase": True})
def test_agrees_with_the_loader(section: dict[str, Any]) -> None:
    assert VALIDATOR.is_valid(section) is is_loaded(section)


@pytest.mark.parametrize("key", KEYS)
@settings(max_examples=40, deadline=None)
@given(value=SCALARS | LISTS | TABLES)
def test_agrees_about_each_key(key: str, value: object) -> None:
    if not has_whole_floats(value):
        assert VALIDATOR.is_valid({key: value}) is is_loaded({key: value})


def test_some_of_both_kinds() -> None:
    """The examples above are not all refused: each key has a value that both accept."""
    values: list[object] = [
        True,
        1,
        "strict",
        "error",
        "3.12",
        "any",
        "lifespan",
        "explicit",
        "db",
        "exit-stack",
    ]
    values += ["use-case", [], {}]
    for key in KEYS:
        assert any(VALIDATOR.is_valid({key: value}) and is_loaded({key: value}) for value in values), key
        assert not all(VALIDATOR.is_valid({key: value}) for value in values), key


def test_describes_every_key() -> None:
    properties = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]
    assert set(properties) == {*SETTINGS, *PLANNED_SETTINGS}
    assert all(each["description"].endswith(".") for each in properties.values())


def test_defaults_are_valid() -> None:
    defaults = {key: getattr(Config(), key.replace("-", "_")) for key in SETTINGS}
    given = {
        key: list(value) if isinstance(value, tuple) else value for key, value in defaults.items() if value
    }
    VALIDATOR.validate(given)


def test_is_rendered_from_the_settings() -> None:
    assert main(["--check"]) == 0
    assert SCHEMA in rendered()
