"""flake8 selects by prefix, and is silent about plugins that are not installed.

Its configuration is the first of setup.cfg, tox.ini and .flake8 that has a section for it
(https://flake8.pycqa.org/en/latest/user/configuration.html).
"""

from __future__ import annotations

import configparser
import itertools
import re
from collections.abc import Iterable, Iterator

from asyncsa_lint.pipeline.doctor.symptoms import Symptom

_NAMES = ("setup.cfg", "tox.ini", ".flake8")
_SECTION = "flake8"
_PREFIX = "ASA"
_PLUGIN = "asyncsa-lint"
_SELECTING = ("select", "extend-select")
_IGNORING = ("ignore", "extend-ignore")


def examine(upwards: Iterable[str]) -> Iterator[Symptom]:
    """Symptoms of the first flake8 configuration in a project and the folders above it."""
    path, options = configuration(upwards)
    if not path:
        return
    if _PLUGIN not in {_normal(entry) for entry in _entries(options, "require-plugins")}:
        yield Symptom(
            "flake8",
            path,
            "without `require-plugins` flake8 finds nothing of ours wherever the plugin is not installed",
            f"write `require-plugins = {_PLUGIN}` under [flake8]",
        )
    chosen = [entry for key in _SELECTING for entry in _entries(options, key)]
    if _entries(options, "select") and not any(_meets(entry) for entry in chosen):
        yield Symptom(
            "flake8",
            path,
            f"`select` names no code of ours, so flake8 shows none: {', '.join(_entries(options, 'select'))}",
            f"add {_PREFIX} to `select`",
        )
    for key in (*_SELECTING, *_IGNORING):
        for entry in dict.fromkeys(_entries(options, key)):
            if _is_short(entry):
                yield _short(path, key, entry)

    for entry in dict.fromkeys(_of_files(options)):
        if _is_short(entry):
            yield _short(path, "per-file-ignores", entry)


def configuration(upwards: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Path and options of the section [flake8]; empty when there is none."""
    for folder, name in itertools.product(upwards, _NAMES):
        path = f"{folder.rstrip('/')}/{name}"
        parser = configparser.RawConfigParser()
        try:
            read = parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        if read and parser.has_section(_SECTION):
            return path, {key.replace("_", "-"): value for key, value in parser.items(_SECTION)}
    return "", {}


def mentions_us(options: dict[str, str]) -> bool:
    """Whether a flake8 configuration counts on our plugin."""
    asked = [entry for key in _SELECTING for entry in _entries(options, key)]
    required = {_normal(entry) for entry in _entries(options, "require-plugins")}
    named = any(entry.upper().startswith(_PREFIX) for entry in asked)
    return named or _PLUGIN in required or any(key.startswith("asyncsa-") for key in options)


def _of_files(options: dict[str, str]) -> list[str]:
    """Codes in `per-file-ignores`, whose lines are `file, file: code, code`."""
    found = []
    for line in options.get("per-file-ignores", "").splitlines():
        found += re.split(r"[,\s]+", line.partition("#")[0].rpartition(":")[2].strip())
    return found


def _is_short(entry: str) -> bool:
    """Whether a prefix is ours and that of other plugins as well."""
    return bool(entry) and entry.upper() != _PREFIX and _PREFIX.startswith(entry.upper())


def _short(path: str, key: str, entry: str) -> Symptom:
    if key not in _SELECTING:
        effect = "hides all codes of ours as well"
        cure = f"name the codes that are meant instead of `{entry}`"
    else:
        effect = f"selects {_PREFIX} as well, and other plugins whose codes begin so"
        cure = f"name the codes that are meant, {_PREFIX} among them if so, instead of `{entry}`"
    return Symptom("flake8", path, f"`{key} = {entry}` {effect}", cure)


def _entries(options: dict[str, str], key: str) -> list[str]:
    """A list in flake8's notation, with comments taken out."""
    lines = (line.partition("#")[0] for line in options.get(key, "").splitlines())
    return [entry for line in lines for entry in re.split(r"[,\s]+", line.strip()) if entry]


def _meets(entry: str) -> bool:
    """Whether a prefix selects some of our codes."""
    code = entry.upper()
    return _PREFIX.startswith(code) or code.startswith(_PREFIX)


def _normal(requirement: str) -> str:
    name = re.split(r"[\[<>=!~;]", requirement)[0].strip()
    return re.sub(r"[-_.]+", "-", name).lower()
