"""Which project a file belongs to, and which configuration holds for it.

The answer must not depend on the host (flake8 hands over one file, the command line a
folder), so it is a function of the file's place alone. A folder is configured by an
`asyncsa-lint.toml`, or a `pyproject.toml` with a `[tool.asyncsa-lint]` table. Going upwards
from the file, as far as the folder with `.git`, the project is

* the first configured folder that says `root = true`;
* else the outermost configured folder;
* else the folder with `.git`, packages of a monorepo included;
* else the outermost folder with a `pyproject.toml`, `setup.cfg` or `setup.py`.

The project is analysed as a whole under its own configuration. Which rules are reported in
a file and which of them fail the run is said by the configured folder nearest to it.

What git ignores below such a folder is no part of it (an unpacked dependency, say). The
home directory and the folder of temporary files are a project only when they are asked for
themselves: a stray file there must not make everything below it one project. Where nothing
is found, the project is what was asked for: the common folder of the arguments, unless that
is as wide as the home directory or the folder of temporary files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from asyncsa_lint.config import OWN_FILE, PYPROJECT, SECTION, ConfigError, Settings, load, read_section
from asyncsa_lint.pipeline.discovery import ignored_ancestor
from asyncsa_lint.source import normalise

_MARKERS = (PYPROJECT, "setup.cfg", "setup.py")


class Roots:
    """Finds projects and their configuration; remembers what it has seen on disk."""

    def __init__(self) -> None:
        self._roots: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._settings: dict[str, Settings] = {}
        self._wide = {normalise(os.path.expanduser("~")), normalise(tempfile.gettempdir())}

    def of(self, path: str) -> str:
        """Root of the project that a file or folder is in; empty when nothing marks one."""
        folder = path if os.path.isdir(path) else os.path.dirname(path)
        if folder not in self._roots:
            self._roots[folder] = self._search(folder)
        return self._roots[folder]

    def is_wide(self, folder: str) -> bool:
        """Whether the folder holds unrelated things and can not be taken for a project."""
        return os.path.dirname(folder) == folder or folder in self._wide

    def file_in(self, folder: str) -> str:
        """The configuration file that makes a folder a configured one; empty when none does."""
        if folder not in self._files:
            own, shared = (f"{folder.rstrip('/')}/{name}" for name in (OWN_FILE, PYPROJECT))
            self._files[folder] = own if os.path.isfile(own) else shared if _has_section(shared) else ""
        return self._files[folder]

    def settings(self, folder: str, root: str) -> Settings:
        """What the nearest configuration says, from a folder up to the root of its project.

        Raises ConfigError when the file that says it is wrong.
        """
        while folder != root and not self.file_in(folder) and f"{folder}/".startswith(f"{root.rstrip('/')}/"):
            folder = os.path.dirname(folder)
        return self._loaded(self.file_in(folder))

    def _loaded(self, file: str) -> Settings:
        if file not in self._settings:
            self._settings[file] = load(Path(file)) if file else Settings()
        return self._settings[file]

    def _search(self, folder: str) -> str:
        root = self._upwards(folder, "")
        if root and root != folder:
            boundary = ignored_ancestor(folder, root)
            if boundary:
                return self._upwards(folder, boundary)
        return root

    def _upwards(self, folder: str, last: str) -> str:
        """Search from `folder` up to `last`, or to the top of the file system."""
        configured = marked = ""
        current = folder
        while current == folder or not self.is_wide(current):
            if self.file_in(current):
                configured = current
                if self._is_root(current):
                    return current
            if os.path.exists(f"{current}/.git"):
                return configured or current
            if any(os.path.isfile(f"{current}/{marker}") for marker in _MARKERS):
                marked = current
            parent = os.path.dirname(current)
            if parent == current or current == last:
                break
            current = parent
        return configured or marked

    def _is_root(self, folder: str) -> bool:
        """`root = true`; a broken file is complained about by whoever reads the configuration."""
        try:
            section = read_section(Path(self.file_in(folder)))
        except ConfigError:
            return False
        return section is not None and section.get("root") is True


def common_root(paths: Sequence[str]) -> str:
    """Root for paths outside of any marked project: the folder that holds them all.

    A file stands for the folder above its outermost package.
    """
    folders = [_above_package(path) for path in paths]
    try:
        return normalise(os.path.commonpath(folders))
    except ValueError:  # different drives
        return folders[0]


def _above_package(path: str) -> str:
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    while os.path.isfile(f"{folder}/__init__.py") and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder


def _has_section(path: str) -> bool:
    """A broken file counts: whoever reads the configuration will complain about it."""
    try:
        with open(path, "rb") as file:
            if SECTION.encode() not in file.read():
                return False
    except OSError:
        return False
    try:
        return read_section(Path(path)) is not None
    except ConfigError:
        return True
