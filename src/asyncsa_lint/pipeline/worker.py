"""A process that analyses modules for another one: lines of JSON in, lines of JSON out.

The first line says which project it is about (`Assignment`), each further one names modules and
what to do with them. Each module is answered with what was found, which the parent keeps as if it
had found it itself. A file whose content is not what the parent has read is left to the parent.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import sys
import threading
from dataclasses import dataclass

from asyncsa_lint.config import Config
from asyncsa_lint.flow.analysis import AnalysisContext
from asyncsa_lint.pipeline.cache.database import Database
from asyncsa_lint.pipeline.failures import described
from asyncsa_lint.pipeline.modules import Memory, Modules
from asyncsa_lint.pipeline.stack import with_deep_stack
from asyncsa_lint.plain import Plain, from_plain
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.trees import FileChanged
from asyncsa_lint.source import paused_collector


@dataclass(frozen=True, slots=True)
class Assignment:
    """A project as the parent sees it; paths relative to the root."""

    root: str
    files: tuple[tuple[str, str], ...]
    """Path and digest of the content."""
    sources: tuple[str, ...]
    overlay: tuple[tuple[str, str], ...]
    """Path and content in base64 of files that are not on disk like that."""
    folder: str
    """Of the cache, which is only read here."""
    lasting: bool
    """The cache outlives the run."""
    config: Config


def main() -> None:
    """Work until standard input ends."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    assignment = from_plain(Assignment, json.loads(lines.get()))
    with_deep_stack(lambda: _Worker(assignment).work(lines))


def _listen(lines: queue.SimpleQueue[str]) -> None:
    """When the parent is gone there is nobody to work for, in the middle of a module or not."""
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


class _Worker:
    def __init__(self, assignment: Assignment) -> None:
        root = assignment.root
        paths = {f"{root.rstrip('/')}/{path}": digest for path, digest in assignment.files}
        self._project = project = Project(paths, root, assignment.sources)
        for path, data in assignment.overlay:
            project.trees.provide(f"{root.rstrip('/')}/{path}", base64.b64decode(data))
        project.trees.expected = paths
        database = Database(assignment.folder, lambda message: None, read_only=True)
        self._memory = Memory(project, assignment.config, database, lasting=assignment.lasting)
        self._modules = Modules(AnalysisContext(project, assignment.config), self._memory)

    def work(self, lines: queue.SimpleQueue[str]) -> None:
        """Answer line by line, until the parent closes standard input."""
        _say("ready")
        before = ""
        with paused_collector():
            while True:
                kind, tasks = json.loads(lines.get())
                if kind != before:
                    self._memory.look_again()
                    before = kind
                for path, reached in tasks:
                    _say([path, *self._answer(kind, path, reached)])
                _say(None)

    def _answer(self, kind: str, path: str, reached: list[str]) -> Plain:
        """What went wrong, in words, and what was found; None for a module that is left to the parent."""
        try:
            if kind == "prepare":
                self._modules.prepare(path)
            elif kind == "first":
                self._modules.first(path)
            else:
                self._modules.reach(path, reached)
                self._modules.then(path)
        except FileChanged:
            self._memory.take(shared=False)
            return ["", None]
        except Exception as failure:  # noqa: BLE001 - told by the parent as its own would be
            return [described(failure), self._memory.take(shared=kind == "prepare")]
        return ["", self._memory.take(shared=kind == "prepare")]


def _say(data: Plain) -> None:
    sys.stdout.write(json.dumps(data, separators=(",", ":")) + "\n")
    sys.stdout.flush()
