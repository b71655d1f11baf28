"""What is known of all files of a project at once: whom they import, which names are in them.

One value for each, since nearly all of it is asked for in every run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from asyncsa_lint.pipeline.cache.database import Database, key_of
from asyncsa_lint.pipeline.cache.environment import tool
from asyncsa_lint.pipeline.cache.kept import ONLY
from asyncsa_lint.pipeline.cache.records import Outside, Places
from asyncsa_lint.plain import NotPlain, Plain, from_plain, to_plain
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.scans import Scan

_Imports = dict[str, tuple[str, tuple[str, ...]]]


class KeptImports:
    """Which files a file imports, by its content and the names of all files; one value for all of them."""

    def __init__(self, database: Database, project: Project) -> None:
        self._database = database
        self._places = Places(project.root)
        root = f"{project.root.rstrip('/')}/"
        names = [path.removeprefix(root) for path in project.store.files]
        sources = [os.path.relpath(path, root) for path in project.store.sources]
        self._key = key_of("imports", tool(), json.dumps([names, sources]))
        self._known: _Imports | None = None
        self._changed = False
        self._new: list[Plain] = []

    def load(self, path: str, content: str) -> tuple[str, ...] | None:
        """The paths, if they are known for this content."""
        try:
            known = self._all().get(self._places.below(path))
        except Outside:
            return None
        if known is None or known[0] != content:
            return None
        return tuple(map(self._places.above, known[1]))

    def save(self, path: str, content: str, imports: tuple[str, ...]) -> None:
        """Keep the paths that a file with this content imports."""
        with suppress(Outside):
            below, names = self._places.below(path), tuple(map(self._places.below, imports))
            self._all()[below] = content, names
            self._new.append([below, content, list(names)])
            self._changed = True

    def look_again(self) -> None:
        """Another process may have stored more."""
        self._known = None

    def take(self) -> Plain:
        """What was saved since the last time, for `give` in another process."""
        new, self._new = self._new, []
        return new

    def give(self, data: Plain) -> None:
        """Take over what another process has found."""
        for below, content, names in data:
            self._all()[below] = content, tuple(names)
            self._changed = True

    def _all(self) -> _Imports:
        if self._known is None:
            self._known = {}
            for data in self._database.get(self._key):
                with suppress(NotPlain, TypeError, ValueError):
                    self._known = from_plain(_Imports, data)
                    break
        return self._known

    def flush(self) -> list[tuple[bytes, bytes, Plain]]:
        """What is to be stored."""
        if not self._changed:
            return []
        self._changed = False
        return [(self._key, ONLY, to_plain(_Imports, self._all()))]


@dataclass(frozen=True, slots=True)
class _Stored:
    """Digest and names by file, and the files that hold one of some needles."""

    files: dict[str, tuple[str, Scan]]
    mentions: dict[str, tuple[str, ...]]


class KeptScans:
    """What was read off the bytes of a project's files; one value for all of them."""

    def __init__(self, database: Database, project: Project) -> None:
        self._database = database
        self._store = project.store
        self._places = Places(project.root)
        root = f"{project.root.rstrip('/')}/"
        tops = sorted({path.removeprefix(root).partition("/")[0] for path in project.store.files})
        self._key = key_of("scans", tool(), json.dumps(tops))
        self._scans: dict[str, tuple[str, Scan]] | None = None
        self._mentions: dict[str, tuple[str, ...]] = {}
        self._asked: dict[str, tuple[str, ...]] = {}
        self._same: tuple[str, ...] | None = None
        self._changed = False
        self._new: list[Plain] = []
        self._newly_asked: list[Plain] = []

    def load(self, path: str, digest: str) -> Scan | None:
        """The names in a file, if they are known for this content."""
        try:
            known = self._all().get(self._places.below(path))
        except Outside:
            return None
        return known[1] if known is not None and known[0] == digest else None

    def save(self, path: str, digest: str, found: Scan) -> None:
        """Keep the names in a file with this content."""
        with suppress(Outside):
            below = self._places.below(path)
            self._all()[below] = digest, found
            self._new.append([below, digest, to_plain(Scan, found)])
            self._changed = True

    def look_again(self) -> None:
        """Another process may have stored more."""
        self._scans, self._same = None, None

    def take(self) -> Plain:
        """What was saved since the last time, for `give` in another process."""
        new, self._new = self._new, []
        asked, self._newly_asked = self._newly_asked, []
        return [new, asked]

    def give(self, data: Plain) -> None:
        """Take over what another process has found."""
        scans, asked = data
        for below, digest, found in scans:
            self._all()[below] = digest, from_plain(Scan, found)
            self._changed = True
        for key, paths in asked:
            self._asked[key] = tuple(paths)
            self._changed = self._changed or self._mentions.get(key) != tuple(paths)

    def mentioning(self, needles: tuple[bytes, ...]) -> Mapping[str, bool] | None:
        """Whether files hold one of the needles, for those that are as they were."""
        same = self._unchanged()
        known = self._mentions.get(_written(needles))
        if known is None:
            return None
        there = frozenset(map(self._places.above, known))
        return {path: path in there for path in same}

    def remember(self, needles: tuple[bytes, ...], found: Sequence[str]) -> None:
        """Keep which of all files hold one of the needles."""
        with suppress(Outside):
            key, paths = _written(needles), tuple(map(self._places.below, found))
            self._asked[key] = paths
            self._newly_asked.append([key, list(paths)])
            self._changed = self._changed or self._mentions.get(key) != paths

    def _unchanged(self) -> tuple[str, ...]:
        """Files that are as they were when the value was stored; found before anything is saved."""
        if self._same is None:
            digest, stored = self._store.trees.digest, self._all()
            files = [path for path in self._store.files if self._places.is_below(path)]
            known = [(path, stored.get(self._places.below(path))) for path in files]
            self._same = tuple(path for path, each in known if each is not None and each[0] == digest(path))
        return self._same

    def _all(self) -> dict[str, tuple[str, Scan]]:
        if self._scans is None:
            self._scans = {}
            for data in self._database.get(self._key):
                with suppress(NotPlain, TypeError, ValueError):
                    stored = from_plain(_Stored, data)
                    self._scans, self._mentions = stored.files, stored.mentions
                    break
            self._unchanged()
        return self._scans

    def flush(self) -> list[tuple[bytes, bytes, Plain]]:
        """What is to be stored."""
        if not self._changed:
            return []
        self._changed = False
        return [(self._key, ONLY, to_plain(_Stored, _Stored(self._all(), self._asked)))]


def _written(needles: tuple[bytes, ...]) -> str:
    return "\n".join(needle.decode("latin-1") for needle in needles)
