"""What stands for a part of a file: a short text that is equal only when the part is.

A question about one function of a file keeps its answer when another one is changed, and also
when it stands on other lines afterwards: what stands for it counts lines from its own first one.
Where that is (`Parts.place`) is told apart from it.

Facts count columns in bytes, findings in characters. So what stands for facts includes the text
of those lines on which the two differ.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Hashable
from typing import Any, TypeAlias, cast

from asyncsa_lint.facts.records import Binding, ClassFacts, Expr, FunctionFacts
from asyncsa_lint.plain import Plain
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.recording import Question
from asyncsa_lint.project.symbols import ModuleInfo

NONE = "none"
"""What stands for a part that is not there."""
KINDS = (
    "module",
    "name",
    "known as",
    "function",
    "functions",
    "class",
    "classes",
    "body",
    "class body",
)
"""Questions that are answered here; the first thing they say is the file."""
Definition: TypeAlias = FunctionFacts | ClassFacts
Place: TypeAlias = tuple[int, int]
"""First and last line (1-based) of a part."""
_LINES = frozenset({"line", "end_line"})
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_SCALARS = frozenset({str, int, bool, type(None)})


class Parts:
    """Answers to questions about parts of a project's files."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def answer(self, question: Question) -> str:
        """What stands for the part now; raises KeyError for a kind that is not one of `KINDS`."""
        kind, path, *name = question
        module = self._project.module_at(path)
        if module is None:
            return NONE
        facts = module.unrecorded
        if kind == "module":
            return _digest([module.name, facts.exports, facts.star_imports, sorted(facts.global_names)])
        if kind == "known as":
            return _digest(sorted(self._project.known_as(module, name[0])))
        if kind in ("functions", "classes"):
            return _digest(list(facts.functions if kind == "functions" else facts.classes))
        found = self._found(module, kind, name[0])
        place = _place(found)
        if place is None:
            return NONE
        if kind in ("body", "class body"):
            return _digest(self._lines(module, place))
        return _digest([_relative(found, place[0]), self._wide_lines(module, place)])

    def place(self, question: Question) -> Place | None:
        """Where the part stands now; None for one that is not there and one that has no place."""
        kind, path, *name = question
        module = self._project.module_at(path)
        return None if module is None or not name else _place(self._found(module, kind, name[0]))

    def _found(self, module: ModuleInfo, kind: str, name: str) -> tuple[Binding | Definition, ...]:
        facts = module.unrecorded
        if kind == "name":
            return self._project.store.bindings(module).get(name, ())
        if kind in ("function", "body"):
            return (facts.functions[name],) if name in facts.functions else ()
        if kind in ("class", "class body"):
            return (facts.classes[name],) if name in facts.classes else ()
        return ()

    def _lines(self, module: ModuleInfo, place: Place) -> list[str]:
        source = self._project.places(module.path)
        return [] if source is None else source.lines[place[0] - 1 : place[1]]

    def _wide_lines(self, module: ModuleInfo, place: Place) -> list[str]:
        source = self._project.places(module.path)
        if source is None or source.is_ascii:
            return []
        return [each for each in self._lines(module, place) if not each.isascii()]


def _place(found: tuple[Binding | Definition, ...]) -> Place | None:
    if not found:
        return None
    return min(_first(each) for each in found), max(_last(each) for each in found)


def _first(item: Binding | Definition) -> int:
    if isinstance(item, Binding) or not item.decorators:
        return item.line
    return item.decorators[0].line


def _last(item: Binding | Definition) -> int:
    if not isinstance(item, Binding):
        return item.end_line
    ends = [each.line + each.text.count("\n") for each in (item.value, item.annotation) if each is not None]
    return max([item.line, *ends])


def _relative(value: object, first: int) -> Plain:
    """A record as plain data, lines counted from a first one."""
    if isinstance(value, Expr):
        return [value.text, value.line - first, value.column]
    if isinstance(value, tuple):
        return [each if type(each) is str else _relative(each, first) for each in value]
    if isinstance(value, frozenset):
        return sorted(value)
    found: list[Plain] = []
    for name in _fields(cast("Hashable", type(value))):
        part = getattr(value, name)
        if name in _LINES:
            found.append(part - first)
        else:
            found.append(part if type(part) in _SCALARS else _relative(part, first))
    return found or value


@functools.cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def _digest(data: Plain) -> str:
    """Short, since there are many: two versions of one part are told apart, not all parts there are."""
    return hashlib.blake2b(_ENCODER.encode(data).encode("ascii"), digest_size=8).hexdigest()
