"""The files of a project: bytes read once, trees kept while there is room for them.

Facts are small and stay; trees are some thirty times as large as their text, so only the
most recently used ones are kept. A tree that was dropped is parsed again from the same
bytes, so a file that changes during a run can not contradict its facts. Who follows a call
into another file needs one function of it, and that is parsed alone. Whatever is looked at
is noted with the recorder.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from asyncsa_lint.facts.bindings import Definition
from asyncsa_lint.facts.extract import iter_statements
from asyncsa_lint.facts.records import FunctionFacts
from asyncsa_lint.project.recording import Recorder
from asyncsa_lint.source import (
    SourceError,
    SourceFile,
    SourceText,
    decoded,
    load,
    parse_lines,
    paused_collector,
    read,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_CHARACTERS_PER_LINE = 40

TREE_BUDGET = 2_000_000
"""Characters of source text whose trees are kept at the same time (some 60 MB)."""
FUNCTION_BUDGET = 1_500_000
"""Characters of single functions whose trees are kept beside (some 45 MB)."""
TEXT_BUDGET = 4_000_000
"""Characters of files that are kept as lines of text."""


def digest_of(data: bytes) -> str:
    """What stands for some bytes: equal only when they are."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class FileChanged(Exception):
    """The content of a file is not the one that was expected."""


class Recent(Generic[K, V]):
    """What was used last, up to a budget; what was put in last is kept at any size."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._size = 0

    def __contains__(self, key: K) -> bool:
        return key in self._kept

    def get(self, key: K) -> V | None:
        """What is kept, which counts as using it."""
        known = self._kept.get(key)
        if known is None:
            return None
        self._kept.move_to_end(key)
        return known[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep something; what has not been used for longest goes."""
        self.drop(key)
        self._kept[key] = (value, size)
        self._size += size
        while self._size > self._budget and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._size -= dropped

    def drop(self, key: K) -> None:
        """Let go one thing, if it is there."""
        known = self._kept.pop(key, None)
        if known is not None:
            self._size -= known[1]


@dataclass(slots=True)
class _Parsed:
    source: SourceFile
    definitions: dict[tuple[int, int], Definition] | None = None


class Trees:
    """Bytes and trees by path, and the list of files that could not be read."""

    def __init__(self, recorder: Recorder | None = None) -> None:
        self._recorder = recorder or Recorder()
        self.broken: dict[str, SourceError] = {}
        self._bytes: dict[str, bytes] = {}
        self._absent: set[str] = set()
        self.provided: dict[str, bytes] = {}
        self.expected: Mapping[str, str] = {}
        """Digests of what another process has read; FileChanged is raised where ours is another."""
        self.texts: set[str] = set()
        """Files that are no Python and were looked for, be they there or not."""
        self._parsed: Recent[str, _Parsed] = Recent(TREE_BUDGET)
        self._functions: Recent[tuple[str, int, int], Function] = Recent(FUNCTION_BUDGET)
        self._lines: Recent[str, SourceText] = Recent(TEXT_BUDGET)
        self._sound: set[str] = set()
        self._mentions: dict[tuple[str, tuple[bytes, ...]], bool] = {}
        self._digests: dict[str, str] = {}

    def provide(self, path: str, data: bytes) -> None:
        """Take these bytes for the file's: what a host has on standard input, say."""
        self._bytes[path] = self.provided[path] = data

    def source(self, path: str) -> SourceFile | None:
        """The parsed file, or None when it is broken."""
        self._recorder.note(("source", path))
        parsed = self._get(path)
        return None if parsed is None else parsed.source

    def lines(self, path: str) -> SourceText | None:
        """The file as text, None when it is broken; does not parse it a second time.

        Like `function` and `definition` for those who note the question themselves.
        """
        return self._text(path)

    def function(self, path: str, facts: FunctionFacts) -> Function | None:
        """The tree of a function, without that of its file if that is not at hand."""
        key = (path, facts.line, facts.column)
        node = self._functions.get(key)
        if node is None and path not in self._parsed:
            node = self._alone(path, facts)
            if node is not None:
                self._functions.put(key, node, _CHARACTERS_PER_LINE * (facts.end_line - facts.line + 1))
        if node is None:
            found = self.definition(path, facts.line, facts.column, facts.name)
            node = None if isinstance(found, ast.ClassDef) else found
        return node

    def _alone(self, path: str, facts: FunctionFacts) -> Function | None:
        source = self._text(path) if path in self._sound else None
        if source is None:
            return None
        first = facts.decorators[0].line if facts.decorators else facts.line
        while facts.decorators and first > 1 and not source.lines[first - 1].lstrip().startswith("@"):
            first -= 1  # `@(` may stand above the expression
        with paused_collector():
            node = parse_lines(source, first, facts.end_line, indented=facts.column > 0)
        if not isinstance(node, Function) or (node.name, node.lineno) != (facts.name, facts.line):
            return None
        return node

    def parses(self, path: str) -> None:
        """Note that a file is known to have a tree: its facts come from there."""
        self._sound.add(path)

    def definition(self, path: str, line: int, column: int, name: str) -> Definition | None:
        """The function or class that starts at a place."""
        parsed = self._get(path)
        if parsed is None:
            return None
        if parsed.definitions is None:
            parsed.definitions = _definitions(parsed.source.tree)
        found = parsed.definitions.get((line, column))
        return found if found is not None and found.name == name else None

    def mentions(self, path: str, needles: tuple[bytes, ...]) -> bool:
        """Whether any of the needles occurs in the bytes of the file."""
        self._recorder.note(("mentions", path, *(needle.decode("latin-1") for needle in needles)))
        return self.contains(path, needles)

    def contains(self, path: str, needles: tuple[bytes, ...]) -> bool:
        """Like `mentions`, for those who note the question themselves."""
        key = (path, needles)
        known = self._mentions.get(key)
        if known is None:
            data = self._load(path)
            known = self._mentions[key] = data is not None and any(needle in data for needle in needles)
        return known

    def matches(self, path: str, pattern: re.Pattern[bytes]) -> bool:
        """Whether the pattern is found in the bytes of the file; does not parse it."""
        self._recorder.note(("matches", path, pattern.pattern.decode("latin-1")))
        return self.matching(path, pattern)

    def matching(self, path: str, pattern: re.Pattern[bytes]) -> bool:
        """Like `matches`, for those who note the question themselves."""
        data = self._load(path)
        return data is not None and pattern.search(data) is not None

    def text(self, path: str) -> str | None:
        """The text of a file that is no Python, such as a template; None when there is none."""
        self._recorder.note(("text", path))
        data = self.raw(path)
        try:
            return None if data is None else data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None

    def raw(self, path: str) -> bytes | None:
        """The bytes of a file that need not be there, for those who note the question themselves."""
        self.texts.add(path)
        if path not in self._bytes and path not in self._absent:
            try:
                self._bytes[path] = load(path)
            except SourceError:
                self._absent.add(path)
        return self._bytes.get(path)

    def data(self, path: str) -> bytes | None:
        """The bytes of a file, None when they can not be had."""
        return self._load(path)

    def digest(self, path: str) -> str:
        """A digest of the bytes of a file; empty when they can not be had."""
        known = self._digests.get(path)
        if known is None:
            data = self._load(path)
            known = self._digests[path] = "" if data is None else digest_of(data)
        return known

    def fail(self, error: SourceError) -> None:
        """Note that a file turned out to be broken after it was parsed."""
        self.broken.setdefault(error.path, error)
        self._parsed.drop(error.path)
        self._lines.drop(error.path)
        self._sound.discard(error.path)

    def _load(self, path: str) -> bytes | None:
        data = self._bytes.get(path)
        if data is None and path not in self.broken:
            try:
                data = load(path)
            except SourceError as error:
                if self.expected.get(path):
                    raise FileChanged(path) from error
                self.broken[path] = error
                return None
            if self.expected.get(path, "") not in ("", digest_of(data)):
                raise FileChanged(path)
            self._bytes[path] = data
        return data

    def _text(self, path: str) -> SourceText | None:
        parsed = self._parsed.get(path)
        if parsed is not None:
            return parsed.source
        known = self._lines.get(path)
        if known is None:
            if path not in self._sound:
                return None if (parsed := self._get(path)) is None else parsed.source
            data = self._load(path)
            if data is None:
                return None
            known = decoded(path, data)
            self._lines.put(path, known, len(known.text))
        return known

    def _get(self, path: str) -> _Parsed | None:
        parsed = self._parsed.get(path)
        if parsed is not None:
            return parsed
        data = None if path in self.broken else self._load(path)
        if data is None:
            return None
        try:
            with paused_collector():
                source = read(path, data)
        except SourceError as error:
            self.broken[path] = error
            return None
        parsed = _Parsed(source)
        self._parsed.put(path, parsed, len(source.text))
        return parsed


def _definitions(tree: ast.Module) -> dict[tuple[int, int], Definition]:
    """Every function and class of a file by the place where it starts."""
    found: dict[tuple[int, int], Definition] = {}
    bodies = [tree.body]
    while bodies:
        for node in iter_statements(bodies.pop()):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found[(node.lineno, node.col_offset)] = node
                bodies.append(node.body)
    return found
