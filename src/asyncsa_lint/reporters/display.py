"""Text of analysed files made fit for a terminal.

Source, paths and messages are hostile input: control characters could move the cursor,
bidirectional marks could show other code than there is. Both come out as escapes. Tabs are
expanded, wide and combining characters counted as the terminal draws them, so that an
underline stands below what it means.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator

from asyncsa_lint.findings import Severity

TAB = 4
MAX_CELLS = 160
"""Longer source lines are cropped around the guilty part."""

_LEAD = 24
"""Cells kept before the guilty part of a cropped line."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_ELLIPSIS = "..."
_SURROGATE = re.compile("[\ud800-\udfff]")
_RESET = "\x1b[0m"
_STYLES = {
    "path": "\x1b[1m",
    "quiet": "\x1b[2m",
    "help": "\x1b[36m",
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.ADVICE: "\x1b[1;34m",
}


def paint(text: str, style: str, colour: bool) -> str:
    """The text in a style (`path`, `quiet`, `help` or a severity), if there is to be colour."""
    return f"{_STYLES[style]}{text}{_RESET}" if colour else text


def printable(text: str) -> str:
    """The text with whatever a terminal might obey written as an escape."""
    return "".join(map(_escaped, text))


def encodable(text: str) -> str:
    """The text with lone surrogates, which no encoding and few parsers take, as escapes.

    They stand for the bytes of file names that are not UTF-8.
    """
    return _SURROGATE.sub(lambda match: _escaped(match[0]), text)


def _escaped(char: str) -> str:
    code = ord(char)
    if unicodedata.category(char) not in _HIDDEN and code & 0xFFFE != 0xFFFE:  # no-character code points
        return char
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cells(char: str) -> int:
    """How many columns of a terminal a printable character takes."""
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def underlined(line: str, start: int, end: int) -> tuple[str, str]:
    """The line for display, and marks below its characters `start` to `end` (exclusive)."""
    line = line.rstrip("\r\n")
    first = max(0, start - MAX_CELLS)
    drawn = list(_draw(line[first : start + MAX_CELLS], first))
    total = sum(width for _, width, _ in drawn)
    before = sum(width for _, width, position in drawn if position < start)
    left = max(0, before - _LEAD) if first > 0 or (total > MAX_CELLS and before > MAX_CELLS // 2) else 0
    text, marks, offset = "", "", 0
    for shown, width, position in drawn:
        offset += width
        if offset <= left or offset - left > MAX_CELLS:
            continue
        text += shown
        marks += ("^" if start <= position < end else " ") * width
    marks = marks.rstrip()
    if not marks:
        marks = " " * (before - left) + "^"
    if left:
        text, marks = _ELLIPSIS + text, " " * len(_ELLIPSIS) + marks
    if offset - left > MAX_CELLS or len(line) > start + MAX_CELLS:
        text += _ELLIPSIS
    return text.rstrip(), marks


def _draw(text: str, first: int) -> Iterator[tuple[str, int, int]]:
    """(what is shown, its cells, position in the line) for each character."""
    column = 0
    for position, char in enumerate(text, first):
        if char == "\t":
            shown = " " * (TAB - column % TAB)
            width = len(shown)
        else:
            shown = _escaped(char)
            width = _cells(char) if shown == char else len(shown)
        column += width
        yield shown, width, position


def relative(path: str, folder: str) -> str:
    """The path as seen from a folder, with forward slashes."""
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:  # another drive
        return path


def shown_path(path: str, folder: str) -> str:
    """The path as seen from a folder, fit to stand at the beginning of a line.

    A name that begins with a colon gets `./`: CI servers obey lines that begin with two.
    """
    shown = printable(relative(path, folder))
    return f"./{shown}" if shown.startswith(":") else shown
