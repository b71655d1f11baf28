"""Repairs as plain edits of the files as they are, for reports that other programs apply.

A recipe is worked out as `--fix` does it, for each finding alone, and what comes of it is
compared with the text: a proposal is exact, but it is not linted again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import takewhile

from asyncsa_lint.findings import Edit, Finding, Fix, Span
from asyncsa_lint.fixes.composing import applied
from asyncsa_lint.fixes.planning import plan
from asyncsa_lint.fixes.texts import Disk, encoded
from asyncsa_lint.source import SourceError, SourceFile, read

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Proposals:
    """Works out the edits of findings; each file is read once."""

    def __init__(self) -> None:
        self._disk = Disk()
        self._sources: dict[str, SourceFile | None] = {}

    def with_edits(self, finding: Finding) -> Finding:
        """The finding with the edits of its recipe; as it is, where there is none or it can not be made."""
        if finding.fix is None or finding.fix.recipe is None:
            return finding
        changes = plan([finding], self._source).changes
        if not changes:
            return finding
        texts = {path: self._disk.text(path) for path in changes[0].paths}
        made = applied(texts, changes[:1])
        edits = tuple(edit for path in sorted(made) for edit in differences(path, texts[path], made[path]))
        return replace(finding, fix=Fix(finding.fix.message, finding.fix.safe, edits))

    def _source(self, path: str) -> SourceFile | None:
        if path not in self._sources:
            try:
                self._sources[path] = read(path, encoded(self._disk.text(path)))
            except (SourceError, OSError, UnicodeError, SyntaxError):
                self._sources[path] = None
        return self._sources[path]


def differences(path: str, old: str, new: str) -> Iterator[Edit]:
    """Edits that make the new text of the old one, in order; as small as whole lines or one line allow."""
    before, after = _LINE.findall(old), _LINE.findall(new)
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
