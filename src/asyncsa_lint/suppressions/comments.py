"""What a suppression comment says: from the text of a comment to plain data.

`# noqa` is read as flake8 reads it, `# asyncsa:` by rules of our own, after those of ruff:
a verb, names in brackets, and the reason up to the next `#`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from asyncsa_lint.findings import Finding

_NOQA = re.compile(
    r"#\s*noqa(?::\s?(?P<codes>(?:[A-Z]+[0-9]+(?:[,\s]+)?)+))?(?P<reason>[^#]*)", re.IGNORECASE
)
_FLAKE8_FILE = re.compile(
    r"#\s*flake8[:=]\s*noqa(?::\s?(?P<codes>(?:[A-Z]+[0-9]+(?:[,\s]+)?)+))?(?P<reason>)\s*$", re.IGNORECASE
)
_OWN = re.compile(r"#\s*asyncsa:\s*(?P<verb>[\w-]+)(?:\s*\[(?P<names>[^\]]*)\])?(?P<reason>[^#]*)")
OURS = re.compile(rb"asyncsa:|noqa:[^\r\n]*asa", re.IGNORECASE)
"""In the bytes of every file with a comment that can be wrong itself: others only silence."""

_MARKS = (b"asyncsa:", b"noqa")
_MEANT = re.compile(r"ignore|able|noqa|skip", re.IGNORECASE)
"""In a word after `asyncsa:` that was meant for a verb; prose about the tool is left alone."""

_VERBS = frozenset({"ignore", "ignore-file", "disable", "enable"})
_SEPARATORS = re.compile(r"[,\s]+")
_PREFIX = "ASA"


def may_suppress(data: bytes) -> bool:
    """Whether a file of these bytes can have a suppression at all: spares the others' tokens."""
    lowered = data.lower()  # many times faster than a pattern that takes letters of either case
    return any(mark in lowered for mark in _MARKS)


class Kind(StrEnum):
    """Whose comment it is."""

    NOQA = "noqa"
    OWN = "asyncsa"


class Verb(StrEnum):
    """What a comment asks for; `# noqa` is an IGNORE, `# flake8: noqa` an IGNORE_FILE."""

    IGNORE = "ignore"
    IGNORE_FILE = "ignore-file"
    DISABLE = "disable"
    ENABLE = "enable"


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment; without names it means every rule."""

    kind: Kind
    verb: Verb | None
    """None: not understood, so the comment does nothing."""
    line: int
    column: int
    """0-based characters, of the `#`."""
    text: str
    names: tuple[str, ...]
    reason: str = ""

    def fits(self, finding: Finding) -> str | None:
        """The name that means the finding's rule, empty for a comment without names; None: none does."""
        if not self.names:
            return ""
        for name in self.names:
            if name == finding.rule or (is_prefix(name) and finding.code.startswith(name.upper())):
                return name
        return None

    def overlaps(self, other: Suppression) -> bool:
        """Whether some rule may be meant by both."""
        if not self.names or not other.names:
            return True
        pairs = product(map(str.upper, self.names), map(str.upper, other.names))
        return any(a.startswith(b) or b.startswith(a) for a, b in pairs)


def is_prefix(name: str) -> bool:
    """Whether a name in a comment is a code of ours or the beginning of one."""
    return name.upper().startswith(_PREFIX)


def parse(comments: Iterable[tuple[int, int, str]]) -> tuple[Suppression, ...]:
    """All suppressions among the (line, column, text) comments of a file."""
    return tuple(found for line, column, text in comments for found in _parse_one(line, column, text))


def _parse_one(line: int, column: int, text: str) -> Iterator[Suppression]:
    for own in _OWN.finditer(text):
        if own["verb"] in _VERBS or own["names"] is not None or _MEANT.search(own["verb"]):
            names, reason = _split(own["names"]), own["reason"].strip()
            closed = not reason.startswith("[") and (names or own["names"] is None)
            verb = Verb(own["verb"]) if own["verb"] in _VERBS and closed else None
            start, said = column + own.start(), own.group().rstrip()
            yield Suppression(Kind.OWN, verb, line, start, said, names, reason)
    whole_file = _FLAKE8_FILE.search(text)
    found = whole_file or _NOQA.search(text)
    if found is not None:
        verb = Verb.IGNORE_FILE if whole_file else Verb.IGNORE
        start, said = column + found.start(), text[found.start() : found.start("reason")].rstrip(" ,\t")
        names, reason = _split(found["codes"]), found["reason"].strip(" \t-:,")
        yield Suppression(Kind.NOQA, verb, line, start, said, names, reason)


def _split(names: str | None) -> tuple[str, ...]:
    return tuple(name for name in _SEPARATORS.split(names or "") if name)
