"""What git knows about a folder: its files at a revision, and what was changed since.

Nothing is checked out and nothing is written: commits are read by plumbing commands, the
user's index is left as it is. Paths are relative to the folder that was asked about, with
forward slashes. Every failure is a ConfigError of one line.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from asyncsa_lint.config import ConfigError
from asyncsa_lint.source import normalise

_STEERING = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)
"""Set by hooks and by users; they would change what the commands below say."""
_SETTINGS = ("-c", "core.quotePath=off", "-c", "diff.autoRefreshIndex=false", "-c", "core.fsmonitor=false")
"""Plain names as far as they are plain; no lock and no write for files only touched; no programs."""
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')
_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_FILE, _EXECUTABLE, _LINK, _SUBMODULE = "100644", "100755", "120000", "160000"


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One file or symbolic link of a commit."""

    path: str
    blob: str
    is_link: bool


@dataclass(slots=True)
class Changes:
    """Python files of the working tree that differ from a commit."""

    lines: dict[str, set[int]] = field(default_factory=dict)
    """Lines that were added or changed, by file."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Old path to new path."""

    def add(self, other: Changes, prefix: str) -> None:
        """Take over the changes of a folder with this prefix."""
        self.lines.update((prefix + path, lines) for path, lines in other.lines.items())
        self.renamed.update((prefix + old, prefix + new) for old, new in other.renamed.items())


class Git:
    """The repository that a folder is in; `option` is named in complaints."""

    def __init__(self, folder: str, option: str) -> None:
        self.folder = folder
        self._option = option
        self._env = {key: value for key, value in os.environ.items() if key not in _STEERING}
        self._env["LC_ALL"] = "C"
        self.prefix = os.fsdecode(self._run("rev-parse", "--show-prefix").removesuffix(b"\n"))
        """Path of the folder in the repository, empty or with a slash behind it."""

    def commit(self, revision: str) -> str:
        """The commit that a revision means; `REVISION...` is where HEAD branched off from it."""
        base = revision.removesuffix("...")
        if ".." in base:
            raise ConfigError(
                f"{self._option} {revision}: is a range; give the revision where it begins, now is the"
                " working tree"
            )
        found = self._try("rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
        if found is None:
            raise ConfigError(f"{self._option} {revision}: unknown revision{self._place()}{self._shallow()}")
        commit = found.decode().strip()
        if base == revision:
            return commit
        merged = self._try("merge-base", commit, "HEAD")
        if merged is None:
            raise ConfigError(
                f"{self._option} {revision}: has no common ancestor with HEAD{self._place()}{self._shallow()}"
            )
        return merged.decode().strip()

    def superproject(self) -> str:
        """The top of the repository of which this one is a submodule; empty where it is none."""
        found = self._run("rev-parse", "--show-superproject-working-tree")
        return normalise(os.fsdecode(found.removesuffix(b"\n"))) if found else ""

    def top(self) -> str:
        """The top of this repository's working tree."""
        return normalise(os.fsdecode(self._run("rev-parse", "--show-toplevel").removesuffix(b"\n")))

    def files(self, commit: str) -> Iterator[TreeFile]:
        """Files and links of a commit in the folder."""
        for mode, blob, path in self._tree(commit):
            if mode in (_FILE, _EXECUTABLE, _LINK):
                yield TreeFile(path, blob, mode == _LINK)

    def submodules(self, commit: str) -> Iterator[tuple[str, str]]:
        """Submodules that a commit has in the folder, and the commit of theirs that it names."""
        for mode, linked, path in self._tree(commit):
            if mode == _SUBMODULE:
                yield path, linked

    def _tree(self, commit: str) -> Iterator[tuple[str, str, str]]:
        for record in self._run("ls-tree", "-r", "-z", commit).split(b"\0"):
            head, _, name = record.partition(b"\t")
            path = os.fsdecode(name)
            if record and _is_plain(path):
                mode, _, blob = head.decode().split(" ")
                yield mode, blob, path

    def contents(self, blobs: Iterable[str]) -> Iterator[bytes]:
        """Contents of blobs, in their order."""
        wanted = list(blobs)
        if not wanted:
            return
        with tempfile.TemporaryFile() as output:
            self._run("cat-file", "--batch", input="\n".join([*wanted, ""]).encode(), output=output.fileno())
            output.seek(0)
            for blob in wanted:
                head = output.readline().split()
                if len(head) != 3:
                    raise ConfigError(f"{self._option}: git has no object {blob}{self._shallow()}")
                yield output.read(int(head[2]))
                output.read(1)

    def is_unchanged(self, commit: str) -> bool:
        """Whether the working tree of the folder is that of the commit."""
        differing = self._run("diff", "--relative", "--name-only", "--ignore-submodules=all", commit)
        return not differing and not self._untracked()

    def changes(self, commit: str) -> Changes:
        """How the working tree of the folder differs from a commit; untracked files are new."""
        options = ("--relative", "--find-renames", "--unified=0", "--inter-hunk-context=0", "--text")
        plain = ("--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all")
        prefixes = ("--src-prefix=a/", "--dst-prefix=b/")
        changes = Changes()
        _read_diff(self._run("diff", *options, *plain, *prefixes, commit, "--", "*.py"), changes)
        for path in self._untracked():
            try:
                data = Path(self.folder, path).read_bytes()
            except OSError:
                continue
            changes.lines[path] = set(range(1, len(re.split(rb"\r\n|\r|\n", data)) + 1))
        return changes

    def _untracked(self) -> list[str]:
        listed = self._run("ls-files", "--others", "--exclude-standard", "-z", "--", "*.py")
        return [os.fsdecode(name) for name in listed.split(b"\0") if name]

    def _place(self) -> str:
        """Which repository, unless it is that of the working directory."""
        top = self.top()
        return "" if is_below(normalise("."), top) else f" in {top}"

    def _shallow(self) -> str:
        if self._try("rev-parse", "--is-shallow-repository") != b"true\n":
            return ""
        return "; this clone is shallow: `git fetch --unshallow` gets the rest (`fetch-depth: 0` in CI)"

    def _try(self, *arguments: str) -> bytes | None:
        done = self._call(arguments)
        return done.stdout if done.returncode == 0 else None

    def _run(self, *arguments: str, input: bytes | None = None, output: int = subprocess.PIPE) -> bytes:
        done = self._call(arguments, input, output)
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
            if "not a git repository" in said:
                raise ConfigError(f"{self._option}: {self.folder} is not in a git repository")
            raise ConfigError(f"{self._option}: git {arguments[0]}: {said or f'status {done.returncode}'}")
        return done.stdout or b""

    def _call(
        self, arguments: tuple[str, ...], input: bytes | None = None, output: int = subprocess.PIPE
    ) -> subprocess.CompletedProcess[bytes]:
        command = ["git", "--no-optional-locks", *_SETTINGS, *arguments]
        given = subprocess.DEVNULL if input is None else None
        try:
            return subprocess.run(
                command,
                cwd=self.folder,
                env=self._env,
                stdin=given,
                input=input,
                stdout=output,
                stderr=subprocess.PIPE,
                check=False,
            )
        except OSError as error:
            raise ConfigError(f"{self._option}: git can not be run: {error.strerror}") from error


def is_below(path: str, folder: str) -> bool:
    """Whether a path is the folder or in it; both normalised."""
    return f"{path}/".startswith(f"{folder.rstrip('/')}/")


def _is_plain(path: str) -> bool:
    """Whether the path stays below the folder; no commit that git itself makes has another."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.lower() == ".git" for part in parts) and "\\" not in path


def _read_diff(diff: bytes, changes: Changes) -> None:
    """Read a diff without context; contents are counted, so that none is taken for a heading."""
    path = old = ""
    skip = 0
    for line in diff.split(b"\n"):
        if skip and not line.startswith(b"\\"):
            skip -= 1
        elif line.startswith(b"rename from "):
            old = _path(line.removeprefix(b"rename from "))
        elif line.startswith(b"rename to "):
            changes.renamed[old] = _path(line.removeprefix(b"rename to "))
        elif line.startswith(b"+++ "):
            path = _path(line.removeprefix(b"+++ ").removesuffix(b"\t")).removeprefix("b/")
        elif hunk := _HUNK.match(line):
            removed, start, added = (int(number) if number else 1 for number in hunk.groups())
            changes.lines.setdefault(path, set()).update(range(start, start + added))
            skip = removed + added


def _path(quoted: bytes) -> str:
    """A path as git writes it in a diff: with escapes where it has odd characters."""
    if quoted.startswith(b'"') and quoted.endswith(b'"'):
        quoted = _ESCAPE.sub(_unescaped, quoted[1:-1])
    return os.fsdecode(quoted)


def _unescaped(escape: re.Match[bytes]) -> bytes:
    what = escape[1]
    return bytes([_ESCAPES[what] if what in _ESCAPES else int(what, 8)])
