"""Names in files, read off their bytes: enough to know which files need not be looked at closely.

Some of what is found stands in comments and texts. Whoever asks looks closer at what is found,
and leaves alone what is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CLASS_STATEMENT = re.compile(rb"^[ \t]*class\s+\w+[^(:\n]*\(([^)]*)\)", re.MULTILINE)
_CALL = re.compile(rb"(?<![\w.])((?:def|class)[ \t]+)?(?:[A-Za-z_][\w.]*\.)?([A-Za-z_]\w*)[ \t]*\(")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_CLASS_NAME = re.compile(rb"\b[A-Z]\w*")
_AS = re.compile(rb" as ([A-Za-z_]\w*)")
_SAME = re.compile(rb"^([A-Za-z_]\w*) = ([A-Za-z_][\w.]*)[ \t\r]*$", re.MULTILINE)
_LONGEST = 200
"""Bytes before `as` that are looked at for the dotted name in front of it."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What the bytes of one file say: names with spaces between them, sorted, each once."""

    called: str
    """Last names in front of an opening parenthesis: all calls."""
    bases: str
    """Names in what classes inherit from."""
    renamed: str
    """Old name, new name, old name...: of `import a as b` and `b = a`."""
    capitalised: str
    """Words that may be the name of a class."""

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Old and new names."""
        words = self.renamed.split()
        return zip(words[::2], words[1::2], strict=True)


def scan(data: bytes) -> Scan:
    """The names in a file."""
    pairs = sorted({(_text(old), _text(new)) for old, new in _renamed(data) if old})
    return Scan(
        _joined({name for definition, name in _CALL.findall(data) if not definition}),
        _joined({word for bases in _CLASS_STATEMENT.findall(data) for word in _WORD.findall(bases)}),
        " ".join(f"{old} {new}" for old, new in pairs),
        _joined(set(_CLASS_NAME.findall(data))),
    )


def is_class_name(needle: bytes) -> bool:
    """Whether it would be one of the capitalised words."""
    return _CLASS_NAME.fullmatch(needle) is not None


def _renamed(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for match in _AS.finditer(data):
        words = data[max(match.start() - _LONGEST, 0) : match.start()].split()
        old = _WORD.fullmatch(words[-1].rpartition(b".")[2]) if words else None
        if old is not None:
            yield old[0], match[1]
    for new, old_name in _SAME.findall(data):
        yield old_name.rpartition(b".")[2], new


def _joined(names: set[bytes]) -> str:
    return " ".join(sorted(map(_text, names)))


def _text(name: bytes) -> str:
    return name.decode("ascii")
