"""Answers by question, where answering one question asks others in a circle."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from asyncsa_lint.project.recording import Recorder, Tracked

_MAX_DEPTH = 25

T = TypeVar("T")


class Answers(Generic[T]):
    """A question met while it is being answered has no answer.

    An answer that was cut short by such a cycle is only true for the question asked from
    outside, so those found on the way to it are not kept.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._known: Tracked[Hashable, T | None] = Tracked(recorder)
        self._active: set[Hashable] = set()
        self._cuts = 0

    def get(self, key: Hashable, compute: Callable[[], T | None]) -> T | None:
        """The answer to a question, computed the first time."""
        known = self._known.known(key)
        if known is not None:
            return known[0]
        if key in self._active or len(self._active) > _MAX_DEPTH:
            self._cuts += 1
            return None
        before = self._cuts
        self._active.add(key)
        try:
            answer = self._known.compute(compute)
        finally:
            self._active.discard(key)
        if self._cuts == before or not self._active:
            self._known.remember(key, answer)
        return answer[0]
