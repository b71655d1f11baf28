"""The whole output of a run, given again when nothing has changed that it rests on.

Needs nothing of the analyser but the walk that finds the files, so that a run over an unchanged
project takes little more than reading its files. What a run rests on: this tool, the command
line and where it was given, the files that the walk finds and their content, every file that may
configure them in their folders or above, what is read of the project beside Python files, and
how the output is to look.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from asyncsa_lint.pipeline.cache.database import Database, key_of
from asyncsa_lint.pipeline.cache.environment import tool
from asyncsa_lint.pipeline.discovery import python_files
from asyncsa_lint.plain import NotPlain, from_plain, to_plain

_CONFIGURING = ("pyproject.toml", "asyncsa-lint.toml", "setup.cfg", "setup.py")
_MARKERS = (".git", "__init__.py")
"""Whether they are there decides which folders belong together."""
_OF_PROJECT = re.compile(r".*\.(lock|toml|cfg)|(requirements|constraints).*\.txt|\.python-version|setup\.py")
"""Files in the root that say which versions are in use, and others that may."""
_LAG, _COARSE = 20_000_000, 2_000_000_000
"""Nanoseconds by which the time of a change may be too early."""
_LARGEST = 4 * 1024 * 1024
"""Characters of output that are kept; a longer one is made again."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A folder that was searched for files, and how."""

    folder: str
    exclude: tuple[str, ...] = ()
    exclude_root: str = ""
    recursive: bool = True

    def files(self) -> tuple[str, ...]:
        """The files that the walk finds now."""
        return python_files(self.folder, self.exclude, self.exclude_root, recursive=self.recursive)


@dataclass(slots=True)
class Inputs:
    """What a run has read, by absolute path."""

    walks: set[Walk] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    """Files beside those of the walks: asked for, configuration, baseline, templates."""
    roots: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Output:
    """What a run has printed, and its exit status."""

    status: int
    printed: str
    complained: str


@dataclass(frozen=True, slots=True)
class _Record:
    walks: tuple[Walk, ...]
    named: tuple[str, ...]
    roots: tuple[str, ...]
    digest: str
    output: Output


class Replay:
    """The outputs of earlier runs with the same command line."""

    def __init__(self, database: Database, command: Sequence[str]) -> None:
        self._database = database
        self._key = key_of("output", tool(), os.getcwd(), *command)

    def find(self) -> Output | None:
        """What the same command has printed, if nothing has changed since."""
        for data in self._database.get(self._key):
            try:
                record = from_plain(_Record, data)
            except NotPlain:
                continue
            inputs = Inputs(set(record.walks), set(record.named), set(record.roots))
            if digest_of(inputs) == record.digest:
                return record.output
        return None

    def keep(self, inputs: Inputs, start: int, output: Output) -> None:
        """Remember the output of a run that began at `start` (nanoseconds).

        Not when a file has changed since, or may have: then it is not known which content was read.
        """
        if len(output.printed) + len(output.complained) > _LARGEST:
            return
        digest = digest_of(inputs)
        if any(_is_recent(path, start) for path in _all(inputs)):
            return
        record = _Record(
            tuple(sorted(inputs.walks, key=lambda walk: (walk.folder, walk.exclude))),
            tuple(sorted(inputs.named)),
            tuple(sorted(inputs.roots)),
            digest,
            output,
        )
        variant = hashlib.blake2b(digest.encode(), digest_size=16).digest()
        self._database.put([(self._key, variant, to_plain(_Record, record))])


def digest_of(inputs: Inputs) -> str:
    """What stands for all that the inputs are at this moment."""
    digest = hashlib.blake2b(digest_size=16)
    for path in _all(inputs):
        digest.update(path.encode("utf-8", "surrogatepass") + b"\0" + _content(path))
    return digest.hexdigest()


def _all(inputs: Inputs) -> list[str]:
    """Every path that matters, be there something or not; what the walks find shows in their number."""
    files = set(inputs.named)
    for walk in inputs.walks:
        files.update(walk.files())
    folders = _folders(files)
    markers = {f"{folder}/{name}" for folder in folders for name in _MARKERS}
    return sorted(files | markers | set(_configuring(folders, inputs.roots)))


def _is_recent(path: str, start: int) -> bool:
    """Whether a file has changed since then; clocks of file systems lag or count in seconds."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return False
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    coarse = changed % 1_000_000_000 == 0
    return not stat.S_ISDIR(status.st_mode) and changed >= start - (_COARSE if coarse else _LAG)


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return hashlib.blake2b(file.read(), digest_size=16).digest()
    except IsADirectoryError:
        return b"/"
    except (OSError, ValueError):
        return b"-"


def _configuring(folders: Iterable[str], roots: Iterable[str]) -> Iterable[str]:
    for folder in folders:
        yield from (f"{folder}/{name}" for name in _CONFIGURING)
    for root in roots:
        for folder in (root, f"{root}/requirements"):
            try:
                names = os.listdir(folder)
            except OSError:
                continue
            within = folder != root
            yield from (f"{folder}/{name}" for name in names if within or _OF_PROJECT.fullmatch(name))


def _folders(files: Iterable[str]) -> set[str]:
    """The folders of the files and all above them."""
    found: set[str] = set()
    for path in files:
        folder = os.path.dirname(path)
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return found
