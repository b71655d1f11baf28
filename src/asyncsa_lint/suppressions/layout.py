"""How far a comment reaches: the lines, statements and blocks of a file, read off its tokens.

    total = sum(                    # logical line 1 to 3, indentation 0
        order.amounts,
    )
    if total:                       # logical line 4, opens the block of line 5
        text = \"\"\"a               # physical lines 5 and 6 have room for one comment, after 6
        b\"\"\"

A file that `tokenize` rejects although it can be parsed keeps what was read before.
"""

from __future__ import annotations

import tokenize
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

_TAB = 8
_STRING_PARTS = {"FSTRING_START": 1, "FSTRING_END": -1, "TSTRING_START": 1, "TSTRING_END": -1}
"""Since Python 3.12 an f-string is many tokens; before, a comment inside one is an error."""
_NO_CODE = (tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT)


@dataclass(frozen=True, slots=True)
class Logical:
    """A statement on one line or many, or the head of a compound one."""

    first: int
    last: int
    indent: int
    decorator: bool


@dataclass(slots=True)
class Layout:
    """What `tokenize` says about the lines of one file."""

    ends: dict[int, int] = field(default_factory=dict)
    """Lines without room for a comment, because a string or a backslash goes on: the line that has it."""
    logical: list[Logical] = field(default_factory=list)
    code: list[int] = field(default_factory=list)
    """Physical lines on which code begins or ends, in order."""

    def room(self, line: int) -> int:
        """The line at whose end a comment for `line` stands."""
        return self.ends.get(line, line)

    def around(self, line: int) -> Logical | None:
        """The logical line that a physical line is part of."""
        index = bisect_right(self.logical, line, key=lambda each: each.first) - 1
        found = self.logical[index] if index >= 0 else None
        return found if found is not None and line <= found.last else None

    def following(self, line: int) -> Iterator[Logical]:
        """Logical lines that begin after a physical line."""
        start = bisect_right(self.logical, line, key=lambda each: each.first)
        yield from self.logical[start:]

    def is_alone(self, line: int) -> bool:
        """Whether a comment on that line has no code before it."""
        index = bisect_right(self.code, line) - 1
        return index < 0 or self.code[index] != line

    def next_code(self, line: int) -> int:
        """The first line after `line` on which code begins or ends; 0 when there is none."""
        index = bisect_right(self.code, line)
        return self.code[index] if index < len(self.code) else 0


def layout_of(lines: Sequence[str]) -> Layout:
    """Read the layout off the lines of a file, which have no line ends."""
    layout = Layout()
    stream = iter([f"{line}\n" for line in lines])
    with suppress(tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        _read(tokenize.generate_tokens(lambda: next(stream, "")), lines, layout)
    layout.code = sorted(set(layout.code))
    return layout


def _read(tokens: Iterator[tokenize.TokenInfo], lines: Sequence[str], layout: Layout) -> None:
    begin: tokenize.TokenInfo | None = None
    first = last = strings = 0
    for token in tokens:
        if token.type in (tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
            continue
        strings += _STRING_PARTS.get(tokenize.tok_name[token.type], 0)
        first, last = first or token.start[0], max(last, token.end[0])
        if token.type not in _NO_CODE:
            begin = begin or token
            layout.code += (token.start[0], token.end[0])
        if token.type in (tokenize.NL, tokenize.NEWLINE) and not strings:
            if first < last:
                layout.ends.update(dict.fromkeys(range(first, last + 1), last))
            first = last = 0
        if token.type == tokenize.NEWLINE and begin is not None:
            start = begin.start[0]
            layout.logical.append(
                Logical(start, token.start[0], width(lines[start - 1]), begin.string == "@")
            )
            begin = None


def width(line: str) -> int:
    """Columns of the white space at the beginning of a line."""
    text = line.replace("\f", "").expandtabs(_TAB)
    return len(text) - len(text.lstrip(" "))
