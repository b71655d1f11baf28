"""The configuration: one frozen value, read once from `[tool.asyncsa-lint]`.

A key of the table is a field of `Config` with dashes; the field's type says which
values are allowed. Whether a selector names a rule is not known here (rules live
further down the import graph): `pipeline.selection` checks that.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

SECTION = "asyncsa-lint"
PROFILES = ("bugs", "strict", "all")
ENGINE_OWNERSHIPS = ("lifespan", "module")

_VERSION = re.compile(r"\d+(\.\d+)*")
_VERSION_KEYS = frozenset({"fastapi_version", "sqlalchemy_version", "target_version"})
_CHOICES = {"profile": PROFILES, "engine_ownership": ENGINE_OWNERSHIPS}


class ConfigError(Exception):
    """A setting that can not be used; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Config:
    """All settings with their defaults. Patterns are shell globs."""

    profile: str = "bugs"
    """`bugs`: every error and ASA401; `strict`: all warnings too; `all`: advice as well."""
    select: tuple[str, ...] = ()
    """Code prefixes or rule names that replace the profile; empty: the profile decides."""
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    advisory: tuple[str, ...] = ()
    """Selectors of rules that are reported without failing the run."""
    critical_paths: tuple[str, ...] = ()
    """Path patterns, relative to the project root, where advisory rules fail again."""
    exclude: tuple[str, ...] = ()
    """Patterns in the syntax of .gitignore: such files are neither linted nor read."""
    src: tuple[str, ...] = ()
    """Source roots relative to the project root; empty: discovered."""
    target_version: str = ""
    """Versions are read from lock files and requirements when empty."""
    fastapi_version: str = ""
    sqlalchemy_version: str = ""
    engine_ownership: str = "lifespan"
    bootstrap_functions: tuple[str, ...] = (
        "lifespan",
        "create_app",
        "make_app",
        "build_*",
        "init_db",
        "main",
    )
    repository_patterns: tuple[str, ...] = ("*Repository", "*Repo", "*DAO", "*Store", "repositories/")
    """Class names; with a final slash, folders whose classes are data-access classes."""
    session_dependencies: tuple[str, ...] = ()
    """Names of session dependencies, in addition to those that are discovered."""
    allow_async_scoped_session: bool = False
    test_paths: tuple[str, ...] = ("tests/", "test/", "test_*.py", "*_test.py", "conftest.py")
    migration_paths: tuple[str, ...] = ("alembic/", "migrations/", "versions/")


def key_of(field_name: str) -> str:
    """The spelling of a field in pyproject.toml."""
    return field_name.replace("_", "-")


KEYS = tuple(key_of(field.name) for field in fields(Config))
_KINDS: Mapping[str, type] = {field.name: type(field.default) for field in fields(Config)}


def nearest(word: str, known: tuple[str, ...]) -> str:
    """` (did you mean ...?)` for the known word closest to `word`, or nothing."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f" (did you mean `{close[0]}`?)" if close else ""


def read_section(path: Path) -> Mapping[str, Any] | None:
    """The `[tool.asyncsa-lint]` table of a TOML file, None when it has none."""
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: can not be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ConfigError(f"{path}: is not valid TOML: {reason}") from error
    tool = document.get("tool")
    section = tool.get(SECTION) if isinstance(tool, dict) else None
    if section is not None and not isinstance(section, dict):
        raise ConfigError(f"{path}: `tool.{SECTION}` must be a table")
    return section


def load(path: Path) -> Config:
    """The configuration in a TOML file; the defaults when it has no table of ours."""
    section = read_section(path)
    return parse(section, str(path)) if section is not None else Config()


def parse(section: Mapping[str, Any], origin: str) -> Config:
    """Check a table key by key; `origin` is the file named in complaints."""
    values: dict[str, str | bool | tuple[str, ...]] = {}
    for key, value in section.items():
        if key not in KEYS:
            hint = nearest(key, KEYS)
            raise ConfigError(f"{origin}: unknown key `{key}`{hint}; allowed are {', '.join(KEYS)}")
        name = key.replace("-", "_")
        values[name] = _checked(name, value, f"{origin}: `{key}`")
    return Config(**values)  # type: ignore[arg-type]  # _checked has compared each with its field


def _checked(name: str, value: object, where: str) -> str | bool | tuple[str, ...]:
    kind = _KINDS[name]
    if kind is bool:
        if not isinstance(value, bool):
            raise ConfigError(f"{where} must be true or false, not {value!r}")
        return value
    if kind is tuple:
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise ConfigError(f"{where} must be a list of strings, not {value!r}")
        return tuple(value)
    if not isinstance(value, str):
        raise ConfigError(f"{where} must be a string, not {value!r}")
    choices = _CHOICES.get(name)
    if choices is not None and value not in choices:
        hint = nearest(value, choices)
        raise ConfigError(f"{where} must be one of {', '.join(choices)}, not `{value}`{hint}")
    if name in _VERSION_KEYS and value and not _VERSION.fullmatch(value):
        raise ConfigError(f'{where} must be a version such as "2.0.44", not `{value}`')
    return value
