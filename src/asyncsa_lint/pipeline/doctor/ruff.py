"""Ruff takes codes that it does not know out of `# noqa` comments, unless it is told whose they are.

RUF100 (unused `noqa`) and RUF102 (invalid code in `noqa`) have fixes that do so; `lint.external` names
prefixes of codes that they leave alone (https://docs.astral.sh/ruff/settings/#lint_external).
"""

from __future__ import annotations

import itertools
import os
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

from asyncsa_lint.pipeline.doctor.symptoms import Symptom

_NAMES = (".ruff.toml", "ruff.toml", "pyproject.toml")
_DELETING = ("RUF100", "RUF102")
_PREFIX = "ASA"
_KEYS = ("external", "select", "extend-select", "ignore", "extend-ignore")


def examine(upwards: Iterable[str], inside: Iterable[str]) -> Iterator[Symptom]:
    """Symptoms of the configuration that holds for a project, and of those of folders inside it.

    `upwards` are the project and the folders above it: the first configuration there is the one.
    """
    above = (found for folder in upwards if (found := _configuration(folder))[0])
    for path, options in (*itertools.islice(above, 1), *map(_configuration, inside)):
        if options is None or any(
            _PREFIX.startswith(entry) for entry in _texts(options, "external") if entry
        ):
            continue
        table = "lint" if path.endswith("ruff.toml") else "tool.ruff.lint"
        deletes = [rule for rule in _DELETING if _is_selected(rule, options)]
        effect = (
            f"the fix of {' and '.join(deletes)} deletes `# noqa: ASA...` comments"
            if deletes
            else "`ruff check --select RUF --fix` would delete `# noqa: ASA...` comments"
        )
        yield Symptom(
            "ruff",
            path,
            f'`external` lacks "{_PREFIX}": {effect}',
            f'write `external = ["{_PREFIX}"]` under [{table}]',
            serious=bool(deletes),
        )


def _configuration(folder: str) -> tuple[str, dict[str, object] | None]:
    """The ruff configuration of a folder with what it extends; None when there is none."""
    for name in _NAMES:
        path = f"{folder.rstrip('/')}/{name}"
        options = _options(path, ())
        if options is not None:
            return path, options
    return "", None


def _options(path: str, seen: tuple[str, ...]) -> dict[str, object] | None:
    section = _section(path)
    if section is None or path in seen:
        return None
    extended = section.get("extend")
    options: dict[str, object] = {}
    if isinstance(extended, str):
        options = (
            _options(os.path.normpath(os.path.join(os.path.dirname(path), extended)), (*seen, path)) or {}
        )
    lint = section.get("lint")
    # The keys at the top level are the deprecated spelling.
    for table in (section, lint if isinstance(lint, dict) else {}):
        options.update({key: table[key] for key in _KEYS if key in table})
    return options


def _section(path: str) -> dict[str, Any] | None:
    try:
        with open(path, "rb") as file:
            document = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return None
    if os.path.basename(path) != "pyproject.toml":
        return document
    tool = document.get("tool")
    section = tool.get("ruff") if isinstance(tool, dict) else None
    return section if isinstance(section, dict) else None


def _texts(options: dict[str, object], key: str) -> list[str]:
    value = options.get(key)
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def _is_selected(rule: str, options: dict[str, object]) -> bool:
    """Ruff's rule: the more specific selector wins, and of equal ones `ignore`."""
    chosen = _rank(rule, [*_texts(options, "select"), *_texts(options, "extend-select")])
    return chosen > _rank(rule, [*_texts(options, "ignore"), *_texts(options, "extend-ignore")])


def _rank(rule: str, selectors: Iterable[str]) -> int:
    fitting = [1 if each == "ALL" else len(each) for each in selectors if each == "ALL" or _fits(each, rule)]
    return max(fitting, default=0)


def _fits(selector: str, rule: str) -> bool:
    return len(selector) >= len("RUF") and rule.startswith(selector)
