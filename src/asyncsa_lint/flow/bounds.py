"""How far one root function is followed, counted in statements that are interpreted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from asyncsa_lint.flow.states.paths import GiveUp, Idle
from asyncsa_lint.flow.states.state import State

MAX_STEPS = 5_000
"""Statements interpreted for one root function, callees included, before calls are no longer followed;
after twice as many the root is left."""
IDLE_STEPS = 400
"""A root that has met no session, engine or instance after so many statements is left."""


class Bounds:
    """The statements of the root at hand."""

    def __init__(self) -> None:
        self._steps = 0
        self._notable_before = 0

    def begin(self) -> None:
        """A new root: its statements count from here."""
        self._steps = 0
        self._notable_before = State.notable

    def spend(self) -> None:
        """One statement more; raises GiveUp beyond the bound, and Idle where nothing of interest was met."""
        self._steps += 1
        if self._steps > 2 * MAX_STEPS:
            raise GiveUp("steps")
        if self._steps == IDLE_STEPS and State.notable == self._notable_before:
            raise Idle

    @property
    def spent(self) -> bool:
        """Calls are no longer followed."""
        return self._steps > MAX_STEPS

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is found once for all roots counts from its own beginning, and not for the root at hand."""
        steps, self._steps = self._steps, 0
        try:
            yield
        finally:
            self._steps = steps
