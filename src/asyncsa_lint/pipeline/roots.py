"""Which project a file belongs to.

The answer must not depend on the host (flake8 hands over one file, the command line a
folder), so it is a function of the file's place alone. Going upwards from the file:

* a `pyproject.toml` with a `[tool.asyncsa-lint]` table makes its folder the project;
* else the folder with `.git` is the project, packages of a monorepo included;
* else the outermost folder with a `pyproject.toml`, `setup.cfg` or `setup.py`.

What git ignores below such a folder is no part of it (an unpacked dependency, say). The
home directory is a project only when it is asked for itself: a stray file there must
not make everything below it one project. Where nothing is found, the project is what
was asked for: the common folder of the arguments, unless that is as wide as the home
directory or the folder of temporary files.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from asyncsa_lint.config import SECTION, Config, load
from asyncsa_lint.pipeline.discovery import ignored_ancestor
from asyncsa_lint.source import normalise

_MARKERS = ("pyproject.toml", "setup.cfg", "setup.py")


class Roots:
    """Finds projects and their configuration; remembers what it has seen on disk."""

    def __init__(self) -> None:
        self._roots: dict[str, str] = {}
        self._configurations: dict[str, Config] = {}
        self._home = normalise(os.path.expanduser("~"))

    def of(self, path: str) -> str:
        """Root of the project that a file or folder is in; empty when nothing marks one."""
        folder = path if os.path.isdir(path) else os.path.dirname(path)
        if folder not in self._roots:
            self._roots[folder] = self._search(folder)
        return self._roots[folder]

    def is_wide(self, folder: str) -> bool:
        """Whether the folder holds unrelated things and can not be taken for a project."""
        top = os.path.dirname(folder) == folder
        return top or folder in (self._home, normalise(tempfile.gettempdir()))

    def configuration(self, root: str) -> Config:
        """The configuration of a project; the defaults when it has none."""
        if root not in self._configurations:
            path = Path(root, "pyproject.toml")
            self._configurations[root] = load(path) if path.is_file() else Config()
        return self._configurations[root]

    def _search(self, folder: str) -> str:
        root = self._upwards(folder, "")
        if root and root != folder:
            boundary = ignored_ancestor(folder, root)
            if boundary:
                return self._upwards(folder, boundary)
        return root

    def _upwards(self, folder: str, last: str) -> str:
        """Search from `folder` up to `last`, or to the top of the file system."""
        outermost = ""
        current = folder
        while True:
            if current == self._home and current != folder:
                return outermost
            if _has_section(f"{current}/pyproject.toml") or os.path.exists(f"{current}/.git"):
                return current
            if any(os.path.isfile(f"{current}/{marker}") for marker in _MARKERS):
                outermost = current
            parent = os.path.dirname(current)
            if parent == current or current == last:
                return outermost
            current = parent


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
            data = file.read()
    except OSError:
        return False
    if SECTION.encode() not in data:
        return False
    try:
        tool = tomllib.loads(data.decode("utf-8-sig")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return True
    return isinstance(tool, dict) and SECTION in tool
