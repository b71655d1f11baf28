"""Which Python, FastAPI and SQLAlchemy a project runs on, read without running anything.

A lock file says it exactly. Otherwise requirements do, and what counts is the newest
version they allow: `==0.110.0` pins, `~=2.0.30` and `<2.1` mean "some 2.0", a plain
`>=2.0` means the newest there is, as does no requirement at all. A file that can not be
read or makes no sense says nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from asyncsa_lint.config import Config

Version = tuple[int, ...]

NEWEST: Version = (99,)
"""Compares above every released version."""

_OPEN = 99
"""Stands for the last part of "the newest below a bound"."""

_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;#)]*)")
_CLAUSE = re.compile(r"^(===|==|~=|!=|<=|>=|<|>|\^|~|=)?\s*v?(\d+(?:\.\d+)*)(\.\*)?")
_ASKED = re.compile(r"""^name[ \t]*=[ \t]*["'](?:fastapi|sqlalchemy)["']""", re.MULTILINE | re.IGNORECASE)
_RELEASE = re.compile(r"^\s*v?(?:\d+!)?(\d+(?:\.\d+)*)")

_Found = dict[str, list[Version]]


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions in use; `NEWEST` where nothing says otherwise."""

    python: Version = NEWEST
    fastapi: Version = NEWEST
    sqlalchemy: Version = NEWEST


def detect(root: str) -> Versions:
    """Versions that the lock file, or else the requirements, of a project directory say."""
    folder = Path(root)
    sources = [reader(folder) for reader in _READERS]
    return Versions(
        python=_first(sources, "python"),
        fastapi=_first(sources, "fastapi"),
        sqlalchemy=_first(sources, "sqlalchemy"),
    )


def in_use(root: str, config: Config) -> Versions:
    """Versions that hold for a project: what its configuration says goes before what is detected."""
    found = detect(root)
    return Versions(
        python=parse_python_version(config.target_version) or found.python,
        fastapi=parse_version(config.fastapi_version) or found.fastapi,
        sqlalchemy=parse_version(config.sqlalchemy_version) or found.sqlalchemy,
    )


def parse_version(text: str) -> Version | None:
    """Release numbers of a version: `2.1.0b1` is (2, 1, 0)."""
    found = _RELEASE.match(text)
    return tuple(int(part[:9]) for part in found[1].split(".")) if found else None


def parse_python_version(text: str) -> Version | None:
    """Like `parse_version`, and `py312` as ruff and black write it."""
    if text.startswith("py"):
        return int(text[2]), int(text[3:])
    return parse_version(text)


def version_text(version: Version) -> str:
    """A version as people write it: (2, 0, 99) is `2.0.*`, the newest is `newest`."""
    if version == NEWEST:
        return "newest"
    return ".".join("*" if part == _OPEN else str(part) for part in version)


def newest_allowed(specifier: str) -> Version:
    """The newest version that a requirement allows, in the notations of pip and poetry."""
    alternatives = [_newest_of_all(part) for part in re.split(r"\|\|?", specifier)]
    return max(alternatives, default=NEWEST)


def _newest_of_all(specifier: str) -> Version:
    return min((_newest_of_clause(clause.strip()) for clause in specifier.split(",")), default=NEWEST)


def _newest_of_clause(clause: str) -> Version:
    parts = clause.split()
    if len(parts) > 1 and not _is_operator(parts[0]):  # poetry: ">=2.0 <2.1"
        return min(_newest_of_clause(part) for part in parts)
    found = _CLAUSE.match(clause)
    if found is None:
        return NEWEST
    operator, star = found[1] or "=", bool(found[3])
    version = tuple(int(part[:9]) for part in found[2].split("."))
    if operator in {"==", "===", "=", "<="}:
        return (*version, _OPEN) if star else version
    if operator == "<":
        return _below(version)
    if operator == "~=":
        return (*version[:-1], _OPEN) if len(version) > 1 else NEWEST
    if operator == "~":
        return (*version[:2], _OPEN)
    if operator == "^":
        significant = next((index for index, part in enumerate(version) if part), len(version) - 1)
        return (*version[: significant + 1], _OPEN)
    return NEWEST


def _is_operator(text: str) -> bool:
    return not any(character.isdigit() for character in text)


def _below(version: Version) -> Version:
    """The newest release before a version: before 2.1 come 2.0.99, before 2 1.99."""
    *head, last = version
    while last == 0 and head:
        *head, last = head
    return (*head, last - 1, _OPEN) if last else (0,)


def _first(sources: list[_Found], package: str) -> Version:
    for found in sources:
        if package in found:
            newest = max(found[package])
            if newest != NEWEST:
                return newest
    return NEWEST


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# -- files


def _toml(path: Path) -> dict[str, object]:
    try:
        return _parsed(path.read_bytes().decode())
    except (OSError, ValueError, MemoryError):
        return {}


def _parsed(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError, MemoryError):
        return {}


def _table(value: object, *keys: str) -> dict[str, object]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _lock_reader(pattern: str, key: str) -> Callable[[Path], _Found]:
    """Reader of a lock file that lists its packages as tables of name and version."""

    def read(folder: Path) -> _Found:
        found: _Found = {}
        for path in _files(folder, pattern):
            for package in _packages(path, key):
                name, version = package.get("name"), package.get("version")
                parsed = parse_version(version) if isinstance(version, str) else None
                if isinstance(name, str) and parsed is not None:
                    found.setdefault(_normal(name), []).append(parsed)
        found.pop("python", None)
        return found

    return read


def _packages(path: Path, key: str) -> Iterator[dict[str, object]]:
    """Tables of a lock file, which are many: where each has a heading, only those that are asked for."""
    try:
        parts = re.split(rf"^\[\[{key}\]\][ \t]*\r?$", path.read_bytes().decode(), flags=re.MULTILINE)
    except (OSError, ValueError, MemoryError):
        return
    if len(parts) == 1:
        yield from map(_table, _list(_toml(path).get(key)))
    for part in parts[1:]:
        if _ASKED.search(part):
            yield _parsed(part)


def _files(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def _python_version_file(folder: Path) -> _Found:
    try:
        version = parse_version((folder / ".python-version").read_text())
    except (OSError, ValueError):
        return {}
    return {"python": [version]} if version else {}


def _requirement_files(folder: Path) -> _Found:
    found: _Found = {}
    for pattern in ("requirements*.txt", "requirements/*.txt", "constraints*.txt"):
        for path in _files(folder, pattern):
            try:
                lines = path.read_bytes().decode(errors="replace").splitlines()
            except OSError:
                continue
            for line in lines:
                _add_requirement(found, line)
    return found


def _add_requirement(found: _Found, line: object) -> None:
    match = _REQUIREMENT.match(line) if isinstance(line, str) else None
    if match is not None:
        found.setdefault(_normal(match[1]), []).append(newest_allowed(match[2].partition(" --")[0]))


def _pyproject(folder: Path) -> _Found:
    document = _toml(folder / "pyproject.toml")
    found: _Found = {}
    for line in _pyproject_requirements(document):
        _add_requirement(found, line)
    for name, value in _poetry_requirements(document):
        specifier = value.get("version") if isinstance(value, dict) else value
        if isinstance(specifier, str):
            found.setdefault(_normal(name), []).append(newest_allowed(specifier))
    python = _table(document, "project").get("requires-python")
    if isinstance(python, str):
        found.setdefault("python", []).append(newest_allowed(python))
    return found


def _pyproject_requirements(document: dict[str, object]) -> Iterator[object]:
    project = _table(document, "project")
    yield from _list(project.get("dependencies"))
    for group in (_table(project, "optional-dependencies"), _table(document, "dependency-groups")):
        for lines in group.values():
            yield from _list(lines)


def _poetry_requirements(document: dict[str, object]) -> Iterator[tuple[str, object]]:
    poetry = _table(document, "tool", "poetry")
    tables = [_table(poetry, "dependencies"), _table(poetry, "dev-dependencies")]
    tables += [_table(group, "dependencies") for group in _table(poetry, "group").values()]
    for table in tables:
        for name, value in table.items():
            for entry in value if isinstance(value, list) else [value]:
                yield name, entry


_READERS: tuple[Callable[[Path], _Found], ...] = (
    _lock_reader("uv.lock", "package"),
    _lock_reader("poetry.lock", "package"),
    _lock_reader("pdm.lock", "package"),
    _lock_reader("pylock*.toml", "packages"),
    _python_version_file,
    _requirement_files,
    _pyproject,
)
"""Those that decide come first."""
