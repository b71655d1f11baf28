"""All settings: name, default, what it may hold, whom it concerns, what it does.

A key of the table is a field of `Config` with dashes. This description is the only one:
the loader, the JSON Schema, `asyncsa-lint config` and docs/settings.md are made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from asyncsa_lint.config.kinds import (
    PATTERN,
    PYTHON_VERSION,
    QUALIFIED_NAME,
    SOMETHING,
    VERSION,
    Choice,
    Flag,
    Kind,
    Number,
    Numbers,
    Selectors,
    SelectorsByPattern,
    Text,
    Texts,
)

PROFILES = ("bugs", "strict", "all")
FAIL_ON = ("error", "warning", "advice", "never")
PHASES = 6

_VERSION = Text(VERSION, 'a version such as "2.0.44"')
_NAMES = Texts(SOMETHING, "names")
_FOLDERS = Texts(SOMETHING, "folders")
_PATTERNS = Texts(PATTERN, "path patterns")
_QUALIFIED = Texts(QUALIFIED_NAME, 'qualified names such as "app.db.get_session"')


class Reach(StrEnum):
    """Which configuration file decides a setting."""

    FILE = "file"
    """That nearest to the file that is linted."""
    PROJECT = "project"
    """That of the project: all files are analysed together."""
    TABLE = "table"
    """Says something about the configuration file itself."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Description of one key."""

    kind: Kind
    reach: Reach
    help: str


def _setting(default: Any, kind: Kind, reach: Reach, help: str) -> Any:
    return field(default=default, metadata={"setting": Setting(kind, reach, help)})


@dataclass(frozen=True, slots=True)
class Config:
    """All settings with their defaults."""

    extend: str = _setting(
        "",
        Text(SOMETHING, "a path"),
        Reach.TABLE,
        "Configuration file that this one starts from, relative to it; keys given here replace its keys.",
    )
    root: bool = _setting(
        False,
        Flag(),
        Reach.TABLE,
        "This folder is a project of its own, although a folder above is configured too.",
    )
    profile: str = _setting(
        "bugs",
        Choice(PROFILES),
        Reach.FILE,
        "Which rules run. `bugs`: errors and ASA401; `strict`: all warnings too; `all`: advice as well.",
    )
    phase: int | None = _setting(
        None,
        Number(0, PHASES - 1),
        Reach.FILE,
        "Stage of a modernisation, instead of a profile: the rules of this phase and of those before it.",
    )
    select: tuple[str, ...] | None = _setting(
        None,
        Selectors(),
        Reach.FILE,
        "Rules that run instead of the profile or phase; an empty list is none of them.",
    )
    extend_select: tuple[str, ...] = _setting(
        (), Selectors(), Reach.FILE, "Rules that run as well; rules in preview have to be named in full."
    )
    ignore: tuple[str, ...] = _setting((), Selectors(), Reach.FILE, "Rules that do not run.")
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = _setting(
        (),
        SelectorsByPattern(),
        Reach.FILE,
        "Rules that are not reported in files that a pattern fits; `!` before it: in all other files.",
    )
    advisory: tuple[str, ...] = _setting(
        (), Selectors(), Reach.FILE, "Rules that are reported without failing the run."
    )
    critical_paths: tuple[str, ...] = _setting(
        (), _PATTERNS, Reach.FILE, "Where advisory rules fail the run after all."
    )
    fail_on: str = _setting(
        "warning",
        Choice(FAIL_ON),
        Reach.FILE,
        "The least severity that fails the run.",
    )
    baseline: str = _setting(
        "asyncsa-baseline.jsonl",
        Text("", "a path, or an empty text for no baseline"),
        Reach.PROJECT,
        "File of findings that are tolerated, as `asyncsa-lint baseline create` writes it.",
    )
    cache_dir: str = _setting(
        "",
        Text("", "a path, or an empty text for `.asyncsa_cache` in the project"),
        Reach.PROJECT,
        "Folder of the cache; several projects and machines may share one.",
    )
    exclude: tuple[str, ...] = _setting(
        (), _PATTERNS, Reach.PROJECT, "Files that are neither linted nor read."
    )
    src: tuple[str, ...] = _setting(
        (), _FOLDERS, Reach.PROJECT, "Folders from which imports start, beside those that are found."
    )
    target_version: str = _setting(
        "",
        Text(PYTHON_VERSION, 'a version of Python such as "3.12" or "py312"'),
        Reach.PROJECT,
        "Version of Python. Versions that are not set are read from lock files and requirements.",
    )
    fastapi_version: str = _setting("", _VERSION, Reach.PROJECT, "Version of FastAPI.")
    sqlalchemy_version: str = _setting("", _VERSION, Reach.PROJECT, "Version of SQLAlchemy.")
    test_paths: tuple[str, ...] = _setting(
        ("tests/", "test/", "test_*.py", "*_test.py", "conftest.py"),
        _PATTERNS,
        Reach.PROJECT,
        "Where tests are: names of files, or of folders with a slash behind them.",
    )
    migration_paths: tuple[str, ...] = _setting(
        ("alembic/", "migrations/", "versions/"),
        _PATTERNS,
        Reach.PROJECT,
        "Where migrations are: names of files, or of folders with a slash behind them.",
    )
    bootstrap_functions: tuple[str, ...] = _setting(
        ("lifespan", "create_app", "make_app", "build_*", "init_db", "main"),
        _NAMES,
        Reach.PROJECT,
        "Functions that run once when the process starts, where an engine may be made.",
    )
    repository_patterns: tuple[str, ...] = _setting(
        ("*Repository", "*Repo", "*DAO", "*Store", "repositories/"),
        _NAMES,
        Reach.PROJECT,
        "Data-access classes by name; with a slash behind it, a folder of such classes.",
    )
    session_dependencies: tuple[str, ...] = _setting(
        (),
        _NAMES,
        Reach.PROJECT,
        "Session dependencies beside those that a `Depends` names: names or qualified names.",
    )
    allow_async_scoped_session: bool = _setting(
        False,
        Flag(),
        Reach.PROJECT,
        "Accept `async_scoped_session` with a task-based scope.",
    )
    session_factories: tuple[str, ...] = _setting(
        (),
        _QUALIFIED,
        Reach.PROJECT,
        "Callables that open a new `AsyncSession`, which the caller has to close.",
    )
    session_providers: tuple[str, ...] = _setting(
        (),
        _QUALIFIED,
        Reach.PROJECT,
        "Callables and dependencies that hand out an `AsyncSession` which they close themselves.",
    )
    task_spawners: tuple[str, ...] = _setting(
        (),
        _QUALIFIED,
        Reach.PROJECT,
        "Callables that run each coroutine, or function with arguments, they are given as a task.",
    )
    loaders: tuple[str, ...] = _setting(
        (),
        _QUALIFIED,
        Reach.PROJECT,
        "Callables after which the instances they were given have everything loaded.",
    )
    commit_helpers: tuple[str, ...] = _setting(
        (), _QUALIFIED, Reach.PROJECT, "Callables that commit the sessions they are given or hold."
    )


@dataclass(frozen=True, slots=True)
class PlannedSetting:
    """A key that only rules read which are not built yet: known and checked, without effect."""

    kind: Kind
    codes: tuple[str, ...]
    help: str


PLANNED_SETTINGS: Mapping[str, PlannedSetting] = {
    "engine-ownership": PlannedSetting(
        Choice(("lifespan", "module")), ("ASA102",), "Who owns engines: the lifespan, or a module."
    ),
    "settings-modules": PlannedSetting(
        _NAMES, ("ASA107",), "Modules in which database URLs may be put together."
    ),
    "approved-drivers": PlannedSetting(_NAMES, ("ASA151",), "Drivers that database URLs may name."),
    "process-roots": PlannedSetting(
        _NAMES, ("ASA105", "ASA803"), "Where the processes of the project start."
    ),
    "autoflush-policy": PlannedSetting(
        Choice(("any", "default")), ("ASA251",), "Whether factories may switch autoflush off."
    ),
    "transaction-owner": PlannedSetting(
        Choice(("use-case", "dependency")), ("ASA303", "ASA306"), "Who commits."
    ),
    "retry-decorators": PlannedSetting(
        _QUALIFIED, ("ASA310",), "Decorators that call a function again after an error."
    ),
    "lifespan-composition": PlannedSetting(
        Choice(("exit-stack", "any")), ("ASA405",), "How lifespans put their resources together."
    ),
    "relationship-loading": PlannedSetting(
        Choice(("explicit", "raise")), ("ASA503",), "What relationships say about loading."
    ),
    "gather-policy": PlannedSetting(Choice(("db", "off")), ("ASA604",), "Where `gather` is not wanted."),
    "required-engine-options": PlannedSetting(
        _NAMES, ("ASA801",), "Options that every service engine has to have."
    ),
    "connection-budget": PlannedSetting(
        Numbers(("max-connections", "reserved", "workers", "instances")),
        ("ASA803",),
        "How many connections the server allows, and who shares them.",
    ),
    "max-pool-size": PlannedSetting(
        Number(1), ("ASA803",), "The largest pool of one engine where there is no budget."
    ),
    "health-paths": PlannedSetting(_NAMES, ("ASA807",), "Paths of health checks."),
    "legacy-symbols": PlannedSetting(_QUALIFIED, ("ASA756",), "Names that new code must not use."),
}


def key_of(field_name: str) -> str:
    """The spelling of a field in a configuration file."""
    return field_name.replace("_", "-")


SETTINGS: Mapping[str, Setting] = {key_of(each.name): each.metadata["setting"] for each in fields(Config)}
KEYS = (*SETTINGS, *PLANNED_SETTINGS)
