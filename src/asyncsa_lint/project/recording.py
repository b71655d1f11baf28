"""What an answer rests on: the questions that were asked about the project while it was found.

The analysis of a module is a pure function of what it asks: facts and source of files, which
file a module name means, which files mention a word, and a few things that are found out for
the project as a whole. Each of these is a `Question`, plain data, so that a later run can ask
it again: where all questions have the answers they had, the result is the one they led to.

    with recorder.recording() as asked:
        analysis = ...          # `Project` and those it is made of call `note`
    asked                       # the questions, in the order in which they were first asked
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

Question = tuple[str, ...]
"""Its kind, then what it is about; paths are absolute, with forward slashes."""

T = TypeVar("T")


class Recorder:
    """Collects questions; those of an inner recording are not the outer one's."""

    def __init__(self) -> None:
        self._asked: dict[Question, None] = {}
        self._shared: dict[Hashable, tuple[Any, dict[Question, None]]] = {}

    def note(self, question: Question) -> None:
        """Somebody is about to see the answer to this question."""
        self._asked[question] = None

    @contextmanager
    def recording(self) -> Iterator[dict[Question, None]]:
        """Collect in a dictionary of its own until the end of the block."""
        outer = self._asked
        asked: dict[Question, None] = {}
        self._asked = asked
        try:
            yield asked
        finally:
            self._asked = outer

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Something found once for everybody; whoever takes it has asked what led to it."""
        known = self._shared.get(key)
        if known is None:
            with self.recording() as asked:
                found = compute()
            known = self._shared[key] = (found, asked)
        self._asked.update(known[1])
        return cast("T", known[0])

    def apart(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Something found once, of which the caller notes only the question it is the answer to."""
        known = self._shared.get(key)
        if known is None:
            with self.recording() as asked:
                found = compute()
            known = self._shared[key] = (found, asked)
        return cast("T", known[0])

    def asked_for(self, key: Hashable) -> tuple[Question, ...]:
        """The questions behind something that is shared."""
        return tuple(self._shared[key][1])
