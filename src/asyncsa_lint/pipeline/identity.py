"""What makes findings in two versions of a project the same finding.

Its rule, the function it stands in, and the flagged source, read as Python: line numbers,
file names, white space, quotes, parentheses and comments do not count, so a finding stays the
same when code is added above it, reformatted, or moved with its function. Sources are compared
as trees made by one Python, never by what a version of Python prints.

    code    source as it is kept    read as
    ASA501  order.items             Attribute(value=Name(id='order', ...), attr='items', ...)
"""

from __future__ import annotations

import ast
import functools
import io
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from asyncsa_lint.findings import Finding, Span
from asyncsa_lint.source import SourceFile, split_lines

_LAYOUT = (
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)
_BLOCKS = (ast.stmt, ast.excepthandler, ast.match_case)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """A finding without its place; `symbol` is the qualified name inside the module."""

    code: str
    symbol: str
    source: str
    """The flagged source, as text for people."""

    @property
    def key(self) -> tuple[str, str, str]:
        """Equal for the same finding, however its source is written."""
        return (self.code, self.symbol, canonical(self.source))


def identity_of(finding: Finding, source: SourceFile | None) -> Identity:
    """The identity of a finding in its file; without the file it has no symbol and no source."""
    if source is None:
        return Identity(finding.code, "", "")
    symbol = ".".join(node.name for node in _definitions_around(source.tree, finding.span.line))
    return Identity(finding.code, symbol, _flagged(source.lines, finding.span))


def still_stands(identity: Identity, source: SourceFile) -> bool:
    """Whether the flagged source is still written in that function of the file, found or not."""
    wanted = _tokens(identity.source)
    size = len(wanted)
    for first, last in _places(source, identity.symbol):
        present = _tokens("\n".join(source.lines[first - 1 : last]))
        if any(present[start : start + size] == wanted for start in range(len(present) - size + 1)):
            return True
    return False


@functools.lru_cache(maxsize=65_536)
def canonical(source: str) -> str:
    """The same text for all spellings of an expression; other text without its white space."""
    if not source.lstrip().startswith("#"):
        for text, mode in ((f"({source}\n)", "eval"), (source.strip(), "exec")):
            with suppress(SyntaxError, ValueError, RecursionError, MemoryError), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.dump(ast.parse(text, mode=mode))
    return "".join(source.split())


def _flagged(lines: Sequence[str], span: Span) -> str:
    """The source of a span, on one line where that does not change its meaning."""
    text = [*lines[span.line - 1 : span.end_line]]
    if text:
        text[-1] = text[-1][: span.end_column]
        text[0] = text[0][span.column :]
    written = "\n".join(text).strip()
    joined = " ".join(line.strip() for line in text).strip()
    return joined if canonical(joined) == canonical(written) else written


def _definitions_around(
    tree: ast.Module, line: int
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Classes and functions that a line is in, outermost first; decorators belong to them."""
    node: ast.AST | None = tree
    while node is not None:
        blocks = (child for child in ast.iter_child_nodes(node) if isinstance(child, _BLOCKS))
        node = next((each for each in blocks if _first(each) <= line <= _last(each)), None)
        if isinstance(node, _DEFINITIONS):
            yield node


def _places(source: SourceFile, symbol: str) -> Iterator[tuple[int, int]]:
    """First and last line of every definition of that name; of the module for no name."""
    if not symbol:
        yield 1, len(source.lines)
        return
    stack: list[tuple[ast.AST, str]] = [(source.tree, "")]
    while stack:
        node, prefix = stack.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _DEFINITIONS):
                name = f"{prefix}{child.name}"
                if name == symbol:
                    yield _first(child), _last(child)
                elif symbol.startswith(f"{name}."):
                    stack.append((child, f"{name}."))
            elif isinstance(child, _BLOCKS):
                stack.append((child, prefix))


def _first(node: ast.AST) -> int:
    if isinstance(node, _DEFINITIONS) and node.decorator_list:
        return node.decorator_list[0].lineno
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    line: int = getattr(node, "lineno", 0)
    return line


def _last(node: ast.AST) -> int:
    if isinstance(node, ast.match_case):
        node = node.body[-1]
    line: int | None = getattr(node, "end_lineno", None)
    return line or 0


def _tokens(text: str) -> list[str]:
    """The words of a piece of source, as far as it can be read, without its layout."""
    found: list[str] = []
    stream = io.StringIO("\n".join(split_lines(text)))
    with suppress(tokenize.TokenError, SyntaxError, ValueError):
        for token in tokenize.generate_tokens(stream.readline):
            if token.type not in _LAYOUT:
                found.append(token.string)
    return found
