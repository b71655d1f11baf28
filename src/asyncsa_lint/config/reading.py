"""From configuration files to one frozen `Config`, with where each value came from."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asyncsa_lint.config.kinds import freeze, nearest
from asyncsa_lint.config.settings import KEYS, PLANNED_SETTINGS, SETTINGS, Config, Reach, key_of

SECTION = "asyncsa-lint"
PYPROJECT = "pyproject.toml"
OWN_FILE = "asyncsa-lint.toml"
"""Holds the keys at its top level, and wins over a pyproject.toml beside it."""


class ConfigError(Exception):
    """A setting that can not be used; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a file, and where it was said."""

    config: Config = field(default_factory=Config)
    path: str = ""
    """The configuration file; empty without one."""
    files: tuple[str, ...] = ()
    """That file, and those that it extends."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Field to the file that sets it; fields that are not listed have their default."""
    planned: Mapping[str, str] = field(default_factory=dict)
    """Keys that no rule reads yet, with the file that sets them."""

    def folder(self, name: str, root: str) -> str:
        """The folder that the paths in a field are relative to: that of the file which sets them.

        In a file that is extended from elsewhere they are relative to the file that extends it.
        `root` is the project, which is what defaults are relative to.
        """
        if name not in self.origins:
            return root
        here, there = os.path.dirname(self.path), os.path.dirname(self.origins[name])
        return there if f"{here}/".startswith(f"{there.rstrip('/')}/") else here

    def of_project(self) -> list[str]:
        """Fields that the file itself sets and that concern the whole project."""
        own = [name for name, path in self.origins.items() if path == self.path]
        return [name for name in own if SETTINGS[key_of(name)].reach is Reach.PROJECT]


def read_section(path: Path) -> Mapping[str, Any] | None:
    """Our table in a TOML file, None when it has none.

    In pyproject.toml it is `[tool.asyncsa-lint]`; another file may have that table too, or else is
    it as a whole. Raises ConfigError when the file can not be read or is not TOML.
    """
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
    if path.name == OWN_FILE and "tool" in document:
        raise ConfigError(f"{path}: keys stand at the top level here, without [tool.{SECTION}]")
    return document if section is None and path.name != PYPROJECT else section


def load(path: Path) -> Settings:
    """The settings in a file and in those it extends; the defaults when it has no table of ours.

    Raises ConfigError, which names the file that is wrong.
    """
    section = read_section(path)
    return Settings(path=path.as_posix()) if section is None else _load(path, section, ())


def _load(path: Path, section: Mapping[str, Any], above: tuple[str, ...]) -> Settings:
    here = os.path.realpath(path)
    name = path.as_posix()
    values, planned = _checked(section, name)
    base = _extended(path, str(values.get("extend", "")), (*above, here))
    origins = dict.fromkeys(values, name)
    kept = {each: getattr(base.config, each) for each in base.origins if _is_inherited(each)}
    return Settings(
        # Each value has been compared with its field.
        config=Config(**{**kept, **values}),
        path=name,
        files=(name, *base.files),
        origins={**{each: base.origins[each] for each in kept}, **origins},
        planned={**base.planned, **dict.fromkeys(planned, name)},
    )


def _is_inherited(name: str) -> bool:
    return SETTINGS[key_of(name)].reach is not Reach.TABLE


def _extended(path: Path, target: str, seen: tuple[str, ...]) -> Settings:
    """The settings that a file starts from; the defaults when it extends nothing."""
    if not target:
        return Settings()
    base = Path(os.path.normpath(path.parent / target))
    if os.path.realpath(base) in seen:
        raise ConfigError(f"{path}: `extend` leads from {base} back to a file that extends it")
    if not base.is_file():
        raise ConfigError(f"{path}: `extend` must be the path of a configuration file, not `{target}`")
    section = read_section(base)
    if section is None:
        raise ConfigError(f"{path}: `extend`: {base} has no [tool.{SECTION}] table")
    return _load(base, section, seen)


def parse(section: Mapping[str, Any], origin: str) -> Config:
    """The configuration that a table alone gives; `origin` is the file named in complaints."""
    return Config(**_checked(section, origin)[0])


def _checked(section: Mapping[str, Any], origin: str) -> tuple[dict[str, Any], list[str]]:
    """Values by field, and the keys that no rule reads yet."""
    values: dict[str, Any] = {}
    planned = []
    for key, value in section.items():
        description = SETTINGS.get(key) or PLANNED_SETTINGS.get(key)
        if description is None:
            raise ConfigError(
                f"{origin}: unknown key `{key}`{nearest(key, KEYS)}; allowed are {', '.join(KEYS)}"
            )
        problem = description.kind.problem(value)
        if problem:
            raise ConfigError(f"{origin}: `{key}` must be {problem}")
        if key in SETTINGS:
            values[key.replace("-", "_")] = freeze(value)
        else:
            planned.append(key)
    return values, planned
