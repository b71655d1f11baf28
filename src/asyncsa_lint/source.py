"""Bytes become text, lines and a tree; byte columns become characters.

`ast` counts columns in UTF-8 bytes and lines by `\\n`, `\\r\\n` and `\\r` alone, whereas
`str.splitlines` also breaks at form feeds and other separators. All conversions between
the two worlds happen here. Whatever is wrong with a file becomes one `SourceError` that
names the place, because analysed code is hostile input: wrong encodings, NUL bytes,
syntax errors, nesting that exhausts the parser.
"""

from __future__ import annotations

import ast
import gc
import io
import os
import re
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from asyncsa_lint.findings import Span

_BOM = b"\xef\xbb\xbf"


class SourceError(Exception):
    """The file can not be analysed; `column` is a 0-based character."""

    def __init__(self, path: str, line: int, column: int, message: str) -> None:
        super().__init__(path, line, column, message)
        self.path = path
        self.line = line
        self.column = column
        self.message = message

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column + 1}: {self.message}"


@dataclass(slots=True, eq=False)
class SourceText:
    """One file that can be parsed; `path` is absolute with forward slashes."""

    path: str
    text: str
    lines: list[str]
    """Without line ends, split where `ast` splits."""
    is_ascii: bool
    _lines_with: dict[str, list[int]] = field(default_factory=dict, repr=False)
    _comments: list[tuple[int, int, str]] | None = field(default=None, repr=False)

    def character(self, line: int, column: int) -> int:
        """Character column of a byte column."""
        if self.is_ascii or column <= 0 or not 0 < line <= len(self.lines):
            return column
        text = self.lines[line - 1]
        if text.isascii():
            return column
        return len(text.encode("utf-8")[:column].decode("utf-8", "ignore"))

    def span_at(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """Span of a place given in byte columns."""
        return Span(
            self.path, line, self.character(line, column), end_line, self.character(end_line, end_column)
        )

    def span(self, node: ast.AST) -> Span:
        """Span of a node; a node without a place (a module) is the start of the file."""
        line: int = getattr(node, "lineno", 1)
        column: int = getattr(node, "col_offset", 0)
        end_line: int | None = getattr(node, "end_lineno", None)
        end_column: int | None = getattr(node, "end_col_offset", None)
        if end_line is None or end_column is None:
            end_line, end_column = line, column
        return self.span_at(line, column, end_line, end_column)

    def segment_at(self, line: int, column: int, end_line: int, end_column: int) -> str:
        """Text between two places given in byte columns, lines joined by `\\n`."""
        lines = self.lines
        if self.is_ascii:
            if line == end_line:
                return lines[line - 1][column:end_column]
        else:
            column, end_column = self.character(line, column), self.character(end_line, end_column)
            if line == end_line:
                return lines[line - 1][column:end_column]
        middle = lines[line : end_line - 1]
        return "\n".join([lines[line - 1][column:], *middle, lines[end_line - 1][:end_column]])

    def segment(self, node: ast.AST) -> str:
        """Source text of a node; empty for a node without a place."""
        end_line: int | None = getattr(node, "end_lineno", None)
        if end_line is None:
            return ""
        return self.segment_at(node.lineno, node.col_offset, end_line, node.end_col_offset)  # type: ignore[attr-defined]  # checked above

    def lines_with(self, word: str) -> list[int]:
        """Numbers of the lines in which a piece of text stands, in order."""
        known = self._lines_with.get(word)
        if known is None:
            known = self._lines_with[word] = self._find_lines(word)
        return known

    def _find_lines(self, word: str) -> list[int]:
        text = self.text
        if "\r" in text:
            return [number for number, line in enumerate(self.lines, 1) if word in line]
        found: list[int] = []
        number, counted, position = 1, 0, text.find(word)
        while position >= 0:
            number += text.count("\n", counted, position)
            found.append(number)
            counted = position
            position = text.find(word, position + len(word))
        return found

    def comments(self) -> list[tuple[int, int, str]]:
        """(line, character column, text with `#`) of each comment, found when first asked for."""
        if self._comments is None:
            self._comments = _find_comments(self.lines) if "#" in self.text else []
        return self._comments


@dataclass(slots=True, eq=False)
class SourceFile(SourceText):
    """One file with its tree."""

    tree: ast.Module = field(kw_only=True, repr=False)


@contextmanager
def paused_collector() -> Iterator[None]:
    """Without the cyclic garbage collector, for code that makes many objects and no cycles.

    A tree is tens of thousands of objects that stay: while some hundred trees are built,
    the collector would look at all of them again and again and triple the time.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def normalise(path: str) -> str:
    """Absolute with forward slashes: the one spelling of a path inside the analyser."""
    absolute = os.path.abspath(path)
    return absolute.replace(os.sep, "/") if os.sep != "/" else absolute


def read(path: str, data: bytes | None = None) -> SourceFile:
    """Read and parse a file, or `data` in its place; raises SourceError and nothing else."""
    source = decoded(path, data)
    tree = _parse(source.path, source.text)
    return SourceFile(source.path, source.text, source.lines, source.is_ascii, tree=tree)


def decoded(path: str, data: bytes | None = None) -> SourceText:
    """Read a file without parsing it; raises SourceError and nothing else."""
    path = normalise(path)
    if data is None:
        data = load(path)
    text = _decode(path, data)
    nul = text.find("\0")
    if nul >= 0:
        raise SourceError(path, *_place(text[:nul]), "the file contains a NUL byte")
    return SourceText(path, text, split_lines(text), text.isascii())


def parse_lines(source: SourceText, first: int, last: int, *, indented: bool) -> ast.stmt | None:
    """The only statement in some lines (1-based, both included), at its place in the file.

    None when the lines are anything else than one statement.
    """
    head = "\n" * (first - 2) + "if True:\n" if indented else "\n" * (first - 1)
    try:
        body = _parse(source.path, head + "\n".join(source.lines[first - 1 : last]) + "\n").body
    except SourceError:
        return None
    if indented and len(body) == 1 and isinstance(body[0], ast.If):
        body = body[0].body
    return body[0] if len(body) == 1 else None


def load(path: str) -> bytes:
    """Bytes of a file; raises SourceError when they can not be had."""
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(path, 1, 0, f"the file can not be read: {reason}") from error
    except MemoryError as error:
        raise SourceError(path, 1, 0, "the file is too large to be read") from error


def split_lines(text: str) -> list[str]:
    """Lines as `ast` numbers them: separated by `\\n`, `\\r\\n` or `\\r`, by nothing else."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def _place(before: str) -> tuple[int, int]:
    lines = split_lines(before)
    return len(lines), len(lines[-1])


def _decode(path: str, data: bytes) -> str:
    encoding = encoding_of(path, data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode(encoding, "replace"))
        message = f"the file is not valid {encoding}: {error.reason}"
        raise SourceError(path, line, column, message) from error
    except (LookupError, ValueError, MemoryError) as error:
        raise SourceError(path, 1, 0, f"the file can not be decoded as {encoding}: {error}") from error


def encoding_of(path: str, data: bytes) -> str:
    """Encoding by byte order mark or declaration (PEP 263); SourceError when there is none of that name."""
    if b"coding" not in data and not data.startswith(_BOM):
        return "utf-8"
    head = b"\n".join(re.split(rb"\r\n|\r|\n", data, maxsplit=2)[:2])
    try:
        return tokenize.detect_encoding(io.BytesIO(head).readline)[0]
    except (SyntaxError, ValueError) as error:
        message = str(getattr(error, "msg", None) or error)
        raise SourceError(path, 1, 0, f"the encoding of the file is unknown: {message}") from error


def _parse(path: str, text: str) -> ast.Module:
    """Parse without printing what the compiler has to say about escapes in the analysed code."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        line = max(error.lineno or 1, 1)
        column = max((error.offset or 1) - 1, 0)
        raise SourceError(path, line, column, f"syntax error: {error.msg}") from error
    except (RecursionError, MemoryError) as error:
        raise SourceError(path, 1, 0, "the code is nested too deeply") from error
    except (ValueError, OverflowError) as error:
        raise SourceError(path, 1, 0, f"the file can not be parsed: {error}") from error


def _find_comments(lines: list[str]) -> list[tuple[int, int, str]]:
    """Comments by tokenize; a file it rejects although ast accepts it keeps those before."""
    found: list[tuple[int, int, str]] = []
    stream = iter([line + "\n" for line in lines])
    try:
        for token in tokenize.generate_tokens(lambda: next(stream, "")):
            if token.type == tokenize.COMMENT:
                found.append((*token.start, token.string))
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        pass
    return found
