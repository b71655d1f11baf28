"""Worker processes: modules are handed out in small lots, and what comes back is kept as our own.

Plain subprocesses that speak JSON: nothing is forked, nothing unpickled, and it makes no
difference who the parent is. A worker that dies is replaced; the module that it died of is tried
once more, alone, and reported when that fails too. Nobody outlives the parent: a worker ends when
its standard input does.
"""

from __future__ import annotations

import atexit
import base64
import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence

from asyncsa_lint.config import Config
from asyncsa_lint.pipeline.cache.records import Places
from asyncsa_lint.plain import Plain, to_plain
from asyncsa_lint.project.names import Project

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.stdin.readline());"
    " from asyncsa_lint.pipeline.worker import main; main()"
)
_LOTS = 24
"""Lots for each worker: the more, the less one waits for another at the end.

Neighbours go together, since they tend to call into the same files; single modules that take as
long as a hundred others are met in every larger project.
"""


class Crew:
    """Some workers for one project; `close` ends them, and so does the end of this process."""

    def __init__(
        self, project: Project, config: Config, folder: str, count: int, *, lasting: bool = True
    ) -> None:
        self.count = count
        self.errors: dict[tuple[str, str], str] = {}
        """What went wrong with a module, by kind of task and path."""
        self._assignment = _assignment(project, config, folder, lasting)
        self._lock = threading.Lock()
        self._lots: deque[list[tuple[str, list[str]]]] = deque()
        self._found: list[Plain] = []
        self._died_of: set[str] = set()
        self._idle: list[subprocess.Popen[str]] = []
        self._running: set[subprocess.Popen[str]] = set()
        self._threads: list[threading.Thread] = []
        self._closed = False
        atexit.register(self.close)

    def close(self) -> None:
        """End all workers, in the middle of their work or not."""
        with self._lock:
            self._closed = True
            self._lots.clear()
            running = list(self._running)
        for process in running:
            process.kill()
        for process in running:
            process.wait()
        atexit.unregister(self.close)

    def start(self, kind: str, tasks: Sequence[tuple[str, list[str]]]) -> None:
        """Hand out modules with what was reached in them."""
        size = max(1, len(tasks) // (self.count * _LOTS))
        self._lots.extend(list(tasks[start : start + size]) for start in range(0, len(tasks), size))
        self._threads = [
            threading.Thread(target=self._serve, args=(kind,), daemon=True)
            for _ in range(min(self.count, len(self._lots)))
        ]
        for thread in self._threads:
            thread.start()

    def wait(self) -> list[Plain]:
        """What was found for the modules handed out; those without have to be done by the caller."""
        for thread in self._threads:
            thread.join()
        self._threads = []
        found, self._found = self._found, []
        return found

    def _serve(self, kind: str) -> None:
        """Talk to one worker until nothing is left."""
        while True:
            with self._lock:
                if self._closed or not self._lots:
                    return
                lot = self._lots.popleft()
                process = self._idle.pop() if self._idle else None
            if process is None:
                process = self._new()
                if process is None:
                    return
            left = self._do(process, kind, lot)
            if not left:
                with self._lock:
                    self._idle.append(process)
                continue
            self._bury(process)
            self._blame(kind, left, process.returncode)

    def _blame(self, kind: str, left: list[tuple[str, list[str]]], status: int) -> None:
        """The first of what a dead worker has left undone is what it died of."""
        first, *others = left
        with self._lock:
            if self._closed:
                return
            if others:
                self._lots.append(others)
            if first[0] in self._died_of:
                self.errors[(kind, first[0])] = f"the process that analysed it ended with status {status}"
            else:
                self._died_of.add(first[0])
                self._lots.append([first])

    def _do(
        self, process: subprocess.Popen[str], kind: str, lot: list[tuple[str, list[str]]]
    ) -> list[tuple[str, list[str]]]:
        """Have a lot done; what is left when the worker dies, empty when all is done."""
        assert process.stdin is not None and process.stdout is not None
        left = dict(lot)
        try:
            process.stdin.write(json.dumps([kind, lot]) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                answer = json.loads(line)
                if answer is None:
                    return []
                path, error, found = answer
                del left[path]
                with self._lock:
                    if error:
                        self.errors[(kind, path)] = error
                    if found is not None:
                        self._found.append(found)
        except (OSError, ValueError):
            pass  # it is gone, or speaks nonsense before it is
        return list(left.items())

    def _new(self) -> subprocess.Popen[str] | None:
        """A worker that knows the project; None when none can be started."""
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-c", _START],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="ascii",
                start_new_session=os.name == "posix",  # Ctrl-C is for the parent, which ends its workers
            )
        except OSError:
            return None
        with self._lock:
            self._running.add(process)
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps([entry for entry in sys.path if entry]) + "\n")
            process.stdin.write(json.dumps(self._assignment) + "\n")
            process.stdin.flush()
            if process.stdout.readline():
                return process
        except (OSError, ValueError):
            pass  # as when it ends without a word
        self._bury(process)
        return None

    def _bury(self, process: subprocess.Popen[str]) -> None:
        process.kill()
        process.wait()
        with self._lock:
            self._running.discard(process)


def _assignment(project: Project, config: Config, folder: str, lasting: bool) -> Plain:
    from asyncsa_lint.pipeline.worker import Assignment

    places, store = Places(project.root), project.store
    inside = {path: data for path, data in store.trees.provided.items() if path in frozenset(store.files)}
    return to_plain(
        Assignment,
        Assignment(
            root=store.root,
            files=tuple((places.below(path), store.trees.digest(path)) for path in store.files),
            sources=store.sources,
            overlay=tuple(
                (places.below(path), base64.b64encode(data).decode("ascii"))
                for path, data in sorted(inside.items())
            ),
            folder=folder,
            lasting=lasting,
            config=config,
        ),
    )
