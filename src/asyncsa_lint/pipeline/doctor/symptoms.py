"""What is wrong with a set-up, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that will bite, or is good to know."""

    subject: str
    """Which check has found it: `ruff`, `flake8`, `pre-commit`, `configuration`, `imports`, `analysis`."""
    path: str
    """The file that is wrong; empty when it is none."""
    text: str
    cure: str = ""
    """What to write or to run; empty where that is clear."""
    serious: bool = True
    """A problem; otherwise a note."""
