"""The baseline: a file of findings that are known and tolerated until somebody repairs them.

    {"asyncsa-lint baseline": 1}
    {"path": "app/service.py", "code": "ASA501", "rule": "lazy-attribute-access", "symbol": "count_items", ...

One finding is one line, sorted, equal ones repeated, so that branches merge as lists of lines do
(`asyncsa-baseline.jsonl merge=union` in .gitattributes spares the rest of the conflicts). Paths
are relative to the folder of the file. No line numbers, no messages: see `pipeline.identity`.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from asyncsa_lint.config import ConfigError
from asyncsa_lint.pipeline.identity import Identity
from asyncsa_lint.pipeline.matching import Placed
from asyncsa_lint.source import normalise

VERSION = 1
_HEADER = "asyncsa-lint baseline"
_FIELDS = ("path", "code", "rule", "symbol", "source")
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the file; `line` is its number, for complaints."""

    placed: Placed
    line: int


def read_baseline(path: str) -> tuple[Entry, ...] | None:
    """Entries of a baseline file, None when there is no such file; ConfigError when it is not one."""
    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path}: can not be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not a baseline: it is not valid UTF-8") from error
    return tuple(_entries(path, text))


def _entries(path: str, text: str) -> Iterator[Entry]:
    folder = os.path.dirname(normalise(path))
    headed = False
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if line.startswith(_CONFLICT):
            raise ConfigError(
                f"{path}:{number}: is a conflict of a merge: keep the lines of both sides, then run"
                " `asyncsa-lint baseline update`"
            )
        if not line.strip():
            continue
        record = _record(line)
        if record.keys() == {_HEADER}:
            _check_version(path, number, record[_HEADER])
            headed = True
        elif not headed:
            break
        elif record.keys() == set(_FIELDS) and all(isinstance(value, str) for value in record.values()):
            place = normalise(os.path.join(folder, record["path"]))
            identity = Identity(record["code"], record["symbol"], record["source"])
            yield Entry(Placed(place, identity), number)
        else:
            fields = ", ".join(_FIELDS)
            raise ConfigError(f"{path}:{number}: is not a baseline entry, an object with the texts {fields}")
    if not headed:
        raise ConfigError(
            f"{path}: is not a baseline: its first line has to be {json.dumps({_HEADER: VERSION})};"
            " `asyncsa-lint baseline create --force` writes a new one"
        )


def _record(line: str) -> Mapping[str, str]:
    with suppress(ValueError, RecursionError):
        loaded = json.loads(line)
        if isinstance(loaded, dict):
            return loaded
    return {}


def _check_version(path: str, number: int, version: object) -> None:
    if version != VERSION:
        raise ConfigError(
            f"{path}:{number}: has version {json.dumps(version)} of the baseline format; this asyncsa-lint"
            f" reads version {VERSION}"
        )


def rendered(path: str, placed: Iterable[Placed], names: Mapping[str, str]) -> str:
    """Text of a baseline file at `path`; `names` gives the name of the rule with a code."""
    folder = os.path.dirname(normalise(path))
    lines = sorted(_line(each, folder, names) for each in placed)
    return "\n".join([json.dumps({_HEADER: VERSION}), *lines, ""])


def _line(placed: Placed, folder: str, names: Mapping[str, str]) -> str:
    identity = placed.identity
    values = (
        os.path.relpath(placed.path, folder).replace(os.sep, "/"),
        identity.code,
        names.get(identity.code, ""),
        identity.symbol,
        identity.source,
    )
    text = json.dumps(dict(zip(_FIELDS, values, strict=True)), ensure_ascii=False)
    return "".join(map(_escaped, text))


def _escaped(char: str) -> str:
    """What a terminal or an editor might obey, as JSON's escape for it."""
    return json.dumps(char)[1:-1] if unicodedata.category(char) in _HIDDEN else char


def write_baseline(path: str, text: str) -> bool:
    """Replace the file in one step when its text differs; whether it did. Raises ConfigError."""
    data = text.encode()
    path = os.path.realpath(path)
    beside = f"{path}.{os.getpid()}.tmp"
    try:
        with suppress(FileNotFoundError), open(path, "rb") as file:
            if file.read() == data:
                return False
        with open(beside, "wb") as file:
            file.write(data)
        os.replace(beside, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(beside)
        raise ConfigError(f"{path}: can not be written: {error.strerror}") from error
    return True
