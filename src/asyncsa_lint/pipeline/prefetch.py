"""What is going to be asked for, found by worker processes beforehand where that pays off.

Everything a worker finds goes into the memory of the run; the run then goes through the modules
as if there were no workers, in its own order, and finds itself what they have left undone. So
their number changes nothing but the time.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from asyncsa_lint.config import Config
from asyncsa_lint.pipeline.crew import Crew
from asyncsa_lint.pipeline.modules import Memory, Modules

MOST_JOBS = 8
WORTH_IT = 40
"""Modules to be analysed for each process: it takes as long as some of them to start one."""


def default_jobs() -> int:
    """As many as there are processors for this process, and not too many for their memory."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:
        count = os.cpu_count() or 1
    return min(count, MOST_JOBS)


class Prefetch:
    """Worker processes for one run; without a memory or with one job there are none."""

    def __init__(self, modules: Modules, memory: Memory | None, config: Config, jobs: int) -> None:
        self._modules = modules
        self._memory = memory
        self._config = config
        self._jobs = jobs
        self._crew: Crew | None = None

    def __enter__(self) -> Prefetch:
        return self

    def __exit__(self, *_: object) -> None:
        if self._crew is not None:
            self._crew.close()

    def prepare(self, files: Sequence[str]) -> None:
        """Facts of files that have none yet, and what all modules ask, while the trees are at hand."""
        memory, store = self._memory, self._modules.project.store
        if memory is not None:
            memory.facts.look_up(map(store.trees.digest, files))
        missing = [path for path in files if memory is None or not memory.facts.has(store.trees.digest(path))]
        count = min(self._jobs, len(missing) // WORTH_IT)
        if memory is None or count < 2:
            for path in missing:
                with suppress(Exception):  # met again, and told, where the file is judged
                    self._modules.prepare(path)
            return
        self._crew = self._hire(memory, count)
        self._start("prepare", missing)
        self.wait()
        memory.flush()

    def _hire(self, memory: Memory, count: int) -> Crew:
        crew = Crew(
            self._modules.project,
            self._config,
            memory.database.folder,
            count,
            lasting=memory.lasting,
        )
        self._modules.failed = crew.errors
        return crew

    def first(self, paths: Sequence[str]) -> None:
        """Begin with the analyses of bodies and entry points."""
        self._begin("first", paths)

    def then(self, paths: Sequence[str]) -> None:
        """Functions that nothing has reached."""
        self._begin("then", paths)
        self.wait()

    def wait(self) -> None:
        """Until the workers are done, and take over what they have found."""
        if self._crew is not None and self._memory is not None:
            for found in self._crew.wait():
                self._memory.give(found)

    def _begin(self, kind: str, paths: Sequence[str]) -> None:
        memory = self._memory
        if memory is None or self._jobs < 2:
            return
        missing = [path for path in paths if memory.units.find(kind, path) is None]
        count = min(self._jobs, len(missing) // WORTH_IT)
        if self._crew is None and count >= 2:
            self._crew = self._hire(memory, count)
        if self._crew is not None and missing:
            self._start(kind, missing)

    def _start(self, kind: str, paths: Sequence[str]) -> None:
        assert self._crew is not None
        self._crew.start(kind, [(path, self._modules.reached(path)) for path in paths])
