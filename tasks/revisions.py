"""Trees of git revisions, unpacked once: what the analyser reads of them."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from tasks.corpus import SOURCES, CorpusError, extract_tar, prepare


@dataclass(frozen=True, slots=True, order=True)
class Revision:
    """A commit of a repository `owner/name`."""

    repo: str
    commit: str

    @property
    def folder(self) -> str:
        """The repository's name as a folder."""
        return self.repo.replace("/", "+")

    @property
    def label(self) -> str:
        """Repository and commit, as folders are called."""
        return f"{self.folder}/{self.commit}"


class Trees:
    """Unpacks revisions from the repositories in `mirror` to `folder`."""

    def __init__(self, mirror: Path, folder: Path) -> None:
        self._mirror = mirror
        self._folder = folder

    def tree(self, revision: Revision) -> Path:
        """Folder with the sources of the whole tree; it appears only when complete."""
        target = self._folder / revision.folder / revision.commit
        if target.is_dir():
            return target
        prepare(self._folder)
        part = target.with_name(f"{target.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        self._archive(revision, part)
        part.rename(target)
        return target

    def _archive(self, revision: Revision, folder: Path) -> None:
        git = ["git", "--git-dir", str(self._git_dir(revision))]
        listing = _run([*git, "ls-tree", "-r", "-z", "--name-only", revision.commit], revision)
        names = listing.decode(errors="surrogateescape").split("\0")
        # git refuses a pattern without a match, and would want objects a partial mirror lacks
        patterns = [pattern for pattern in SOURCES if any(fnmatch(name, pattern) for name in names)]
        if not patterns:
            return
        command = [*git, "archive", "--format=tar", revision.commit, "--", *patterns]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as archive:
            assert archive.stdout is not None
            with tarfile.open(fileobj=archive.stdout, mode="r|") as tar:
                extract_tar(tar, folder)
            if archive.wait():
                raise CorpusError(f"{revision.label}: git archive failed")

    def _git_dir(self, revision: Revision) -> Path:
        base = self._mirror / revision.folder
        for candidate in (
            base / "repo" / ".git",
            base / "repo",
            base / ".git",
            base,
            base.with_suffix(".git"),
        ):
            if (candidate / "HEAD").is_file() and (candidate / "objects").is_dir():
                return candidate
        raise CorpusError(f"no git repository for {revision.repo} in the mirror folder")


def _run(command: list[str], revision: Revision) -> bytes:
    done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode:
        raise CorpusError(f"{revision.label}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
