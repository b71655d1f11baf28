"""The project as it was at a revision of git, beside the project as it is now.

The Python files of the commit, and those that say which versions of the libraries are in use,
are written into a folder of their own, where they are analysed under the configuration that
holds now. What is found there is known; what is found now and not there is new, wherever it
stands: a change of a model in one file, its consequence in another.

A submodule was at the commit that its superproject names, also when it is a project of its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from asyncsa_lint.pipeline.discovery import is_python
from asyncsa_lint.pipeline.git import Changes, Git, TreeFile, is_below
from asyncsa_lint.source import normalise

OPTION = "--since"
_CONTEXT = (".toml", ".lock", ".txt", ".cfg", ".gitignore", ".python-version")
"""Ends of the names of other files that an analysis looks at."""


@dataclass(frozen=True, slots=True)
class Past:
    """A project at a revision, and how it became what it is."""

    root: str
    """The project as it is now."""
    folder: str
    """The project as it was; empty when nothing has changed."""
    changes: Changes

    def was(self, path: str) -> str:
        """Where a file or folder of the project would have been."""
        return normalise(os.path.join(self.folder, os.path.relpath(path, self.root)))

    def now(self, path: str) -> str:
        """Where a file of the past is now, whether or not it exists."""
        relative = os.path.relpath(path, self.folder).replace(os.sep, "/")
        return normalise(os.path.join(self.root, self.changes.renamed.get(relative, relative)))

    def touched(self) -> Mapping[str, set[int]]:
        """Changed lines by file."""
        return {normalise(os.path.join(self.root, path)): lines for path, lines in self.changes.lines.items()}


@contextmanager
def past_of(root: str, revision: str) -> Iterator[Past]:
    """The project in `root` as it was; raises ConfigError when git can not tell."""
    git = Git(root, OPTION)
    commit = _commit(git, revision)
    parts = list(_parts(git, commit, "")) if commit else []
    if commit and all(part.git.is_unchanged(part.commit) for part in parts):
        yield Past(root, "", Changes())
        return
    changes = Changes()
    for part in parts:
        changes.add(part.git.changes(part.commit), part.prefix)
    with tempfile.TemporaryDirectory(prefix="asyncsa-lint-") as top:
        # Ignore files count up to the folder with `.git`.
        os.mkdir(os.path.join(top, ".git"))
        folder = os.path.join(top, "project", *git.prefix.split("/")).rstrip(os.sep)
        os.makedirs(folder)
        for part in parts:
            _write(part, os.path.join(folder, *part.prefix.split("/")).rstrip(os.sep))
        _copy_ignore_files(root, folder, git.prefix.count("/"))
        yield Past(root, normalise(folder), changes)


@dataclass(frozen=True, slots=True)
class _Part:
    """The project, or a submodule in it, at a commit."""

    git: Git
    commit: str
    prefix: str
    """Its place in the project, empty or with a slash behind it."""


def _parts(git: Git, commit: str, prefix: str) -> Iterator[_Part]:
    """A repository and its submodules, as far as they are checked out."""
    yield _Part(git, commit, prefix)
    for path, linked in git.submodules(commit):
        folder = os.path.join(git.folder, path)
        if os.path.exists(os.path.join(folder, ".git")):
            below = Git(folder, OPTION)
            yield from _parts(below, below.commit(linked), f"{prefix}{path}/")


def _commit(git: Git, revision: str) -> str:
    """The commit that a revision means in a repository; empty for a submodule that there was not yet.

    In a submodule the revision is that of the superproject, unless one is working in the submodule.
    """
    above = git.superproject()
    if not above or is_below(normalise("."), git.top()):
        return git.commit(revision)
    outer = Git(above, OPTION)
    commit = _commit(outer, revision)
    place = os.path.relpath(git.top(), above).replace(os.sep, "/")
    linked = dict(outer.submodules(commit)).get(place) if commit else None
    return git.commit(linked) if linked is not None else ""


def _write(part: _Part, folder: str) -> None:
    """Links come last: no file is written through one."""
    files = part.git.files(part.commit)
    wanted = [file for file in files if is_python(file.path) or file.path.endswith(_CONTEXT)]
    wanted.sort(key=lambda file: file.is_link)
    for file, data in zip(wanted, part.git.contents(file.blob for file in wanted), strict=True):
        path = os.path.join(folder, *file.path.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if file.is_link:
            _link(file, os.fsdecode(data), folder)
        else:
            with open(path, "wb") as stream:
                stream.write(data)


def _copy_ignore_files(root: str, folder: str, depth: int) -> None:
    """Ignore files between the project and the top of its repository count as they are."""
    for level in range(1, depth + 1):
        above = os.path.join(*[os.pardir] * level, ".gitignore")
        with suppress(OSError):
            shutil.copyfile(os.path.join(root, above), os.path.join(folder, above))


def _link(file: TreeFile, target: str, folder: str) -> None:
    """Only what leads to another file of the past: nothing outside belongs to it."""
    path = os.path.join(folder, *file.path.split("/"))
    aim = os.path.normpath(os.path.join(os.path.dirname(path), target))
    if aim.startswith(f"{folder}{os.sep}") and not os.path.lexists(path):
        os.symlink(target, path)
