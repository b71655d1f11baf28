"""The cache as users meet it: which folder, a run whose output is known, `cache info|clean`.

Imports nothing of the analyser: a run over unchanged files is over before that is needed.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from asyncsa_lint.config import ConfigError
from asyncsa_lint.pipeline.cache.database import FILES, Database
from asyncsa_lint.pipeline.cache.environment import default_folder, named_folder
from asyncsa_lint.pipeline.cache.replay import Inputs, Output, Replay
from asyncsa_lint.pipeline.roots import Roots, common_root
from asyncsa_lint.reporters.display import printable
from asyncsa_lint.source import normalise

SWITCH = "ASYNCSA_LINT_NO_CACHE"
_LOOKS = ("NO_COLOR", "FORCE_COLOR", "TERM", "HOME", "TMPDIR")
"""What of the environment an output depends on."""
_MORE = ("since", "add_ignore", "fix", "diff", "output")
"""Options under which a run does more than print, or looks at more than files."""


def is_on(no_cache: bool = False) -> bool:
    """Whether there is to be a cache."""
    return not no_cache and not os.environ.get(SWITCH)


def warn(message: str) -> None:
    """One plain line: without its cache a run is slower, not worse."""
    print(f"asyncsa-lint: warning: {printable(message)}", file=sys.stderr)


def once(say: Callable[[str], None]) -> Callable[[str], None]:
    """`say`, which the cache of a run and that of its output share, without repeating itself."""
    said: set[str] = set()

    def say_once(message: str) -> None:
        if message not in said:
            said.add(message)
            say(message)

    return say_once


class Folders:
    """Where the cache of a project is."""

    def __init__(self, option: str | None = None) -> None:
        self._option = option
        self._roots = Roots()

    def of(self, root: str) -> str:
        """The folder; empty for what is as wide as the home directory, unless one is named."""
        named = named_folder(self._option, self._setting(root))
        return named or ("" if self._roots.is_wide(root) else default_folder(root))

    def first(self, paths: Sequence[str]) -> str:
        """The folder for the project that the first of the paths is in."""
        first = min(map(normalise, paths))
        return self.of(self._roots.of(first) or common_root([first]))

    def _setting(self, root: str) -> str:
        try:
            settings = self._roots.settings(root, root)
        except ConfigError:
            return ""  # whoever needs the configuration will say so
        name = settings.config.cache_dir
        return os.path.join(settings.folder("cache_dir", root), name) if name else ""


def replayed(
    options: argparse.Namespace, command: Sequence[str], run: Callable[[], tuple[int, Inputs | None]]
) -> int:
    """The exit status of a run that prints; when its output is known, that is printed instead.

    `run` gives its status and what it has read, or None where that is not known.
    """
    folder = Folders(options.cache_dir).first(options.paths or ["."]) if is_on(options.no_cache) else ""
    if not folder or any(getattr(options, name) for name in _MORE):
        return run()[0]
    looks = [os.environ.get(name, "") for name in _LOOKS]
    replay = Replay(Database(folder, options.warn), [*command, *looks, str(sys.stdout.isatty())])
    known = replay.find()
    if known is not None:
        sys.stdout.write(known.printed)
        sys.stderr.write(known.complained)
        return known.status
    start = time.time_ns()
    with _copied("stdout") as printed, _copied("stderr") as complained:
        status, inputs = run()
    if inputs is not None:
        replay.keep(inputs, start, Output(status, printed.getvalue(), complained.getvalue()))
    return status


class _Copy(io.StringIO):
    """Keeps what is written and passes it on to the `original`."""

    def __init__(self, stream: io.TextIOBase) -> None:
        super().__init__()
        self.original = stream

    def write(self, text: str) -> int:
        self.original.write(text)
        return super().write(text)

    def flush(self) -> None:
        self.original.flush()

    def isatty(self) -> bool:
        return self.original.isatty()


@contextmanager
def _copied(name: str) -> Iterator[io.StringIO]:
    stream = getattr(sys, name)
    copy = _Copy(stream)
    setattr(sys, name, copy)
    try:
        yield copy
    finally:
        setattr(sys, name, stream)


def show_cache(options: argparse.Namespace) -> int:
    """`cache info` and `cache clean`."""
    folder = Folders(options.cache_dir).first([options.path])
    sizes = {name: _size(os.path.join(folder, name)) for name in FILES}
    if options.action == "info":
        print(f"folder   {printable(folder) or 'none'}")
        print(f"size     {sum(sizes.values()) / 1024:.0f} KiB")
        print(f"entries  {Database(folder, warn).count() if folder else 0}")
        return 0
    for name in (*FILES, ".gitignore", "CACHEDIR.TAG"):
        with suppress(FileNotFoundError):
            os.remove(os.path.join(folder, name))
    with suppress(OSError):
        os.rmdir(folder)  # only when nothing of anybody else's is in it
    print(f"removed {sum(sizes.values()) / 1024:.0f} KiB from {printable(folder)}")
    return 0


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0
