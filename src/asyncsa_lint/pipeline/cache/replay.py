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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from asyncsa_lint.pipeline.cache.database import Database, key_of
from asyncsa_lint.pipeline.cache.environment import tool
from asyncsa_lint.pipeline.discovery import python_files
from asyncsa_lint.plain import NotPlain, from_plain, to_plain

_CONFIGURING = ("pyproject.toml", "asyncsa-lint.toml", ".asyncsa-lint.toml", "setup.cfg", "setup.py")
_MARKERS = (".git", "__init__.py")
"""Of these only counts whether they are there."""
_OF_PROJECT = (".lock", ".toml", ".txt", ".cfg", ".in", ".python-version")
_LARGEST = 4 * 1024 * 1024
"""Characters of output that are kept; a longer one is made again."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A folder that was searched for files, and how."""

    folder: str
    exclude: tuple[str, ...]
    exclude_root: str
    recursive: bool

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

    def keep(self, inputs: Inputs, digest: str, output: Output) -> None:
        """Remember an output; `digest` was taken before the files were read."""
        if len(output.printed) + len(output.complained) > _LARGEST or digest_of(inputs) != digest:
            return  # changed while the run was under way
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
    files: set[str] = set()
    for walk in sorted(inputs.walks, key=lambda each: (each.folder, each.exclude)):
        found = walk.files()
        files.update(found)
        digest.update("\0".join([walk.folder, *found]).encode("utf-8", "surrogatepass"))
    files |= inputs.named
    for path in sorted(files | set(_configuring(files, inputs.roots))):
        digest.update(path.encode("utf-8", "surrogatepass") + b"\0" + _content(path))
    for folder in sorted(_folders(files)):
        present = [name for name in _MARKERS if os.path.exists(f"{folder}/{name}")]
        digest.update("\0".join([folder, *present]).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return hashlib.blake2b(file.read(), digest_size=16).digest()
    except (OSError, ValueError):
        return b"-"


def _configuring(files: Iterable[str], roots: Iterable[str]) -> Iterable[str]:
    for folder in _folders(files):
        yield from (f"{folder}/{name}" for name in _CONFIGURING)
    for root in roots:
        for folder in (root, f"{root}/requirements"):
            try:
                names = os.listdir(folder)
            except OSError:
                continue
            yield from (f"{folder}/{name}" for name in names if name.endswith(_OF_PROJECT))


def _folders(files: Iterable[str]) -> set[str]:
    """The folders of the files and all above them."""
    found: set[str] = set()
    for path in files:
        folder = os.path.dirname(path)
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return found
