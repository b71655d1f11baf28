"""Room for recursion that does not depend on the host.

Hosts differ in their recursion limit and in how deep they call us, and both decide how deeply
nested a file may be: a thread of our own makes the answer the same everywhere.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_RECURSION_LIMIT = 5_000
_STACK_BYTES = 64 * 1024 * 1024


def with_deep_stack(work: Callable[[], T]) -> T:
    """Do the work in a fresh thread with a large stack; its exceptions are raised here."""
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again by the caller's thread
            failure.append(error)

    limit, stack = sys.getrecursionlimit(), threading.stack_size(_STACK_BYTES)
    try:
        sys.setrecursionlimit(_RECURSION_LIMIT)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(stack)
    if failure:
        raise failure[0]
    return outcome[0]
