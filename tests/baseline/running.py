"""The command line run in this process, and git as the tests need it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from asyncsa_lint.frontends.cli import main


@dataclass(frozen=True)
class Done:
    """What a run has left."""

    returncode: int
    stdout: str
    stderr: str


def tool(*arguments: str, folder: Path) -> Done:
    """Run `asyncsa-lint` in a folder."""
    out, err = StringIO(), StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as error:
            status = int(error.code or 0)
    return Done(status, out.getvalue(), err.getvalue())


def lint(*arguments: str, folder: Path) -> Done:
    """Run `asyncsa-lint check`."""
    return tool("check", *arguments, folder=folder)


def baseline(*arguments: str, folder: Path) -> Done:
    """Run `asyncsa-lint baseline`."""
    return tool("baseline", *arguments, folder=folder)


def findings(*arguments: str, folder: Path) -> list[dict[str, Any]]:
    """What `check --output-format json` finds."""
    loaded: list[dict[str, Any]] = json.loads(
        lint("--output-format", "json", *arguments, folder=folder).stdout
    )
    return loaded


def complaint(done: Done) -> str:
    """The one line on standard error of a run that was refused."""
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("asyncsa-lint: ")
    return line


def edit(folder: Path, name: str, change: Callable[[str], str]) -> None:
    """Replace the text of a file."""
    path = folder / name
    path.write_bytes(change(path.read_bytes().decode()).encode())


def git(folder: Path, *arguments: str) -> str:
    """Run git; the result is what it prints."""
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def commit(folder: Path) -> None:
    """Commit everything in a folder."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
