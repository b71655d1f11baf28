"""Which files there are: a walk that ignores what git ignores and what is not source.

A folder is left out when its name is one of those that tools fill (`node_modules`,
`build`, ...), when it is a virtual environment (`pyvenv.cfg`), or when an ignore file
says so. Symlinked folders are not entered, so there are no loops and no file comes
twice. Paths are absolute with forward slashes, in sorted order.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pathspec import GitIgnoreSpec

DEFAULT_EXCLUDED = frozenset(
    {
        ".bzr",
        ".direnv",
        ".eggs",
        ".git",
        ".hg",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".pants.d",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        "CVS",
        "__pycache__",
        "__pypackages__",
        "_build",
        "buck-out",
        "build",
        "dist",
        "node_modules",
        "site-packages",
        "venv",
    }
)


@dataclass(frozen=True, slots=True)
class _IgnoreFile:
    """Patterns that hold below `folder`."""

    folder: str
    patterns: GitIgnoreSpec

    def verdict(self, path: str) -> bool | None:
        """True: ignored; False: taken back by a `!` pattern; None: not mentioned."""
        return self.patterns.check_file(path[len(self.folder.rstrip("/")) + 1 :]).include


def is_python(name: str) -> bool:
    """Whether a file of that name is source to us."""
    return name.endswith(".py")


def folders_between(top: str, folder: str) -> list[str]:
    """From `top` down to `folder`, both included; `top` must be at or above `folder`."""
    folders = [folder]
    while folders[-1] != top:
        folders.append(os.path.dirname(folders[-1]))
    return folders[::-1]


def python_files(
    folder: str, exclude: Iterable[str] = (), exclude_root: str = "", *, recursive: bool = True
) -> tuple[str, ...]:
    """All Python files in and below `folder` that are not ignored.

    `exclude` holds further patterns, relative to `exclude_root`.
    """
    ignores = _ignores_above(folder)
    patterns = tuple(exclude)
    if patterns:
        ignores = (*ignores, _IgnoreFile(exclude_root or folder, _compiled(patterns)))
    return tuple(sorted(_walk(folder, ignores, recursive)))


def is_excluded(path: str, root: str, exclude: Iterable[str]) -> bool:
    """Whether the `exclude` setting of a project names the file or a folder above it."""
    patterns = tuple(exclude)
    if not patterns or not path.startswith(f"{root.rstrip('/')}/"):
        return False
    return bool(_IgnoreFile(root, _compiled(patterns)).verdict(path))


def ignored_ancestor(folder: str, top: str) -> str:
    """The outermost folder from `top` (exclusive) down to `folder` that a walk would leave out."""
    ignores = _ignores_above(top)
    for current in folders_between(top, folder):
        if current != top and (_is_foreign(current) or _ignored(f"{current}/", ignores)):
            return current
        ignores = _with_ignore_file(ignores, current, ".gitignore")
    return ""


@functools.cache
def _compiled(lines: tuple[str, ...]) -> GitIgnoreSpec:
    """The patterns of an ignore file, which is met anew for every folder below its own."""
    return GitIgnoreSpec.from_lines(_valid(lines))


def _valid(lines: Iterable[str]) -> Iterator[str]:
    """Without the patterns that git would not understand either."""
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue
        yield line


def _walk(folder: str, ignores: tuple[_IgnoreFile, ...], recursive: bool) -> Iterator[str]:
    """Depth first with an explicit stack: folders may be nested deeper than Python recurses."""
    stack = [(folder, ignores)]
    while stack:
        current, inherited = stack.pop()
        try:
            entries = list(os.scandir(current))
        except OSError:
            continue
        here = _with_ignore_file(inherited, current, ".gitignore")
        for entry in entries:
            path = f"{current.rstrip('/')}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if recursive and not _is_foreign(path) and not _ignored(f"{path}/", here):
                    stack.append((path, here))
            elif is_python(entry.name) and _is_file(entry) and not _ignored(path, here):
                yield path


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _is_foreign(folder: str) -> bool:
    name = os.path.basename(folder)
    return name in DEFAULT_EXCLUDED or name.endswith(".egg-info") or os.path.exists(f"{folder}/pyvenv.cfg")


def _ignored(path: str, ignores: tuple[_IgnoreFile, ...]) -> bool:
    """The innermost ignore file that mentions the path (folders end in `/`) decides, as in git."""
    for ignore in reversed(ignores):
        verdict = ignore.verdict(path)
        if verdict is not None:
            return verdict
    return False


def _ignores_above(folder: str) -> tuple[_IgnoreFile, ...]:
    """Ignore files that stand above `folder` in its repository, weakest first.

    Who asks for an ignored folder wants it walked: then those above do not count.
    """
    repository = _repository_of(folder)
    if not repository or repository == folder:
        return _with_ignore_file((), folder, ".git/info/exclude")
    ignores = _with_ignore_file((), repository, ".git/info/exclude")
    for current in folders_between(repository, folder):
        if current != repository and (_is_foreign(current) or _ignored(f"{current}/", ignores)):
            return ()
        if current != folder:
            ignores = _with_ignore_file(ignores, current, ".gitignore")
    return ignores


def _repository_of(folder: str) -> str:
    """The folder that holds `.git`, at or above `folder`; empty outside repositories."""
    current = folder
    while not os.path.exists(f"{current}/.git"):
        parent = os.path.dirname(current)
        if parent == current:
            return ""
        current = parent
    return current


def _with_ignore_file(ignores: tuple[_IgnoreFile, ...], folder: str, name: str) -> tuple[_IgnoreFile, ...]:
    try:
        with open(f"{folder.rstrip('/')}/{name}", encoding="utf-8", errors="surrogateescape") as file:
            lines = tuple(file.read().splitlines())
    except OSError:
        return ignores
    return (*ignores, _IgnoreFile(folder, _compiled(lines)))
