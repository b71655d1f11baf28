"""Which findings are known from before, and which known ones are gone.

Findings are counted: two equal known ones hide two, a third is new. What is left in one file
is matched with what is new in others, because functions move and files are renamed; but a
finding follows its code only when that has left the old place. A copy is new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from asyncsa_lint.findings import Finding
from asyncsa_lint.pipeline.identity import Identity


@dataclass(frozen=True, slots=True, order=True)
class Placed:
    """A finding as it is remembered; `path` is absolute with forward slashes."""

    path: str
    identity: Identity


@dataclass(frozen=True, slots=True)
class Matched:
    """The result of comparing what was with what is."""

    pairs: tuple[tuple[Placed, Placed, Finding], ...]
    """What is remembered, where it is now, and as which finding."""
    gone: tuple[Placed, ...]
    """Remembered and no longer found."""


def match(
    remembered: Iterable[Placed],
    found: Sequence[tuple[Placed, Finding]],
    stands: Callable[[Placed], bool],
) -> Matched:
    """Pair what is remembered with what is found, in the order of `found`.

    `stands` tells whether the source of something remembered is still written in its place.
    """
    unused: dict[tuple[str, ...], list[Placed]] = defaultdict(list)
    for each in sorted(remembered, reverse=True):
        unused[(each.path, *each.identity.key)].append(each)
    pairs: list[tuple[Placed, Placed, Finding]] = []
    fresh: list[tuple[Placed, Finding]] = []
    for place, finding in found:
        same = unused.get((place.path, *place.identity.key))
        if same:
            pairs.append((same.pop(), place, finding))
        else:
            fresh.append((place, finding))
    wanted = {place.identity.key for place, _ in fresh}
    movable: dict[tuple[str, ...], list[Placed]] = defaultdict(list)
    for each in sorted((each for same in unused.values() for each in same), reverse=True):
        if each.identity.key in wanted and not stands(each):
            movable[each.identity.key].append(each)
    for place, finding in fresh:
        moved = movable.get(place.identity.key)
        if moved:
            pairs.append((moved.pop(), place, finding))
    gone = Counter(each for same in unused.values() for each in same)
    gone.subtract(old for old, place, _ in pairs if old.path != place.path)
    return Matched(tuple(pairs), tuple(sorted(gone.elements())))
