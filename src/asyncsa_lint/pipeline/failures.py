"""How something that was raised inside the analyser is told."""

from __future__ import annotations

import os
import traceback


class Failed(Exception):
    """The analysis of a module has raised, in another process; the message is what `described` says."""


def described(error: Exception) -> str:
    """What was raised and where in our code, in one line for a bug report."""
    if isinstance(error, Failed):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message} ({os.path.basename(place.filename)}:{place.lineno})"
