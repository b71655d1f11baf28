"""What an answer rests on: the questions that were asked about the project while it was found.

The analysis of a module is a pure function of what it asks: facts and source of files, which
file a module name means, which files mention a word, and a few things that are found out for
the project as a whole. Each of these is a `Question`, plain data, so that a later run can ask
it again: where all questions have the answers they had, the result is the one they led to.

    with recorder.recording() as asked:
        analysis = ...          # `Project` and those it is made of call `note`
    asked.questions()           # all of them, each once

What several analyses need is found once and remembered in a `Tracked`, with the questions it
took: whoever gets it from there has asked them too.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, cast

Question = tuple[str, ...]
"""Its kind, then what it is about; paths are absolute, with forward slashes."""

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
V = TypeVar("V")


class Asked:
    """Questions asked while something was found, and other findings that went into it."""

    __slots__ = ("notes", "parts")

    def __init__(self) -> None:
        self.notes: dict[Question, None] = {}
        self.parts: dict[Asked, None] = {}

    def questions(self) -> tuple[Question, ...]:
        """All questions, those behind the parts included, sorted."""
        found: set[Question] = set()
        seen: set[Asked] = {self}
        pending = [self]
        while pending:
            each = pending.pop()
            found.update(each.notes)
            fresh = [part for part in each.parts if part not in seen]
            seen.update(fresh)
            pending += fresh
        return tuple(sorted(found))


class Recorder:
    """Collects questions; those of an inner recording are not the outer one's."""

    def __init__(self) -> None:
        self.asked = Asked()
        """What is asked at present goes here."""
        self._shared: Tracked[Hashable, Any] = Tracked(self)

    def note(self, question: Question) -> None:
        """Somebody is about to see the answer to this question."""
        self.asked.notes[question] = None

    @contextmanager
    def recording(self) -> Iterator[Asked]:
        """Collect in a place of its own until the end of the block."""
        outer, self.asked = self.asked, Asked()
        try:
            yield self.asked
        finally:
            self.asked = outer

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Something found once for everybody; whoever takes it has asked what led to it."""
        return cast("T", self._shared.get(key, compute))

    def apart(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Something found once, of which the caller notes only the question it is the answer to."""
        with self.recording():
            return self.shared(key, compute)


class Tracked(Generic[K, T]):
    """Answers by key, each found once, with the questions that it took."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._known: dict[K, tuple[T, Asked]] = {}

    def get(self, key: K, compute: Callable[[], T]) -> T:
        """The answer, computed the first time."""
        known = self._known.get(key)
        if known is None:
            known = self.compute(compute)
            self._known[key] = known
        else:
            self._recorder.asked.parts[known[1]] = None
        return known[0]

    def compute(self, compute: Callable[[], V]) -> tuple[V, Asked]:
        """An answer with its questions, not remembered; also what raises has been asked."""
        recorder = self._recorder
        outer, asked = recorder.asked, Asked()
        outer.parts[asked] = None
        recorder.asked = asked
        try:
            return compute(), asked
        finally:
            recorder.asked = outer

    def known(self, key: K) -> tuple[T, Asked] | None:
        """What is remembered under a key; who uses it has asked what it took."""
        known = self._known.get(key)
        if known is not None:
            self._recorder.asked.parts[known[1]] = None
        return known

    def remember(self, key: K, answer: tuple[T, Asked]) -> None:
        """Keep what `compute` has found."""
        self._known[key] = answer
