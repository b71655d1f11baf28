"""Edits that make one text of another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from asyncsa_lint.findings import Edit, Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def lines_of(text: str) -> list[str]:
    """Lines with their ends, as Python's parser numbers them: form feeds end none."""
    return _LINE.findall(text)


def differences(path: str, old: str, new: str) -> Iterator[Edit]:
    """Edits that make the new text of the old one, in order; as small as whole lines or one line allow."""
    before, after = lines_of(old), lines_of(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag != "equal":
            yield _edit(path, before, first, last, "".join(after[start:end]))


def _edit(path: str, before: Sequence[str], first: int, last: int, text: str) -> Edit:
    """Replace lines `first` to `last` (from 0, exclusive); within one line only what differs."""
    old = "".join(before[first:last])
    if last - first == 1:
        kept = _shared(old, text)
        tail = _shared(old[kept:][::-1], text[kept:][::-1])
        line = old.rstrip("\r\n")
        if tail and kept + (len(old) - kept - tail) <= len(line):
            end = len(old) - tail
            return Edit(Span(path, first + 1, kept, first + 1, end), text[kept : len(text) - tail])
    if last < len(before) or not before or before[-1].endswith(("\r", "\n")):
        return Edit(Span(path, first + 1, 0, last + 1, 0), text)
    # The last line has no end: there is no line after it to end at.
    if first == len(before):
        place = (len(before), len(before[-1]))
        return Edit(Span(path, *place, *place), text)
    return Edit(Span(path, first + 1, 0, last, len(before[last - 1])), text)


def _shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
