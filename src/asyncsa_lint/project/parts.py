"""What stands for a part of a file: a short text that is equal only when the part is.

A question about one function of a file keeps its answer when another one is changed, as long as
the lines of the first stay where they are: facts hold places, and so do findings.

Facts count columns in bytes, findings in characters. So what stands for facts includes the text
of those lines on which the two differ.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from asyncsa_lint.facts.records import Binding, ClassFacts, FunctionFacts
from asyncsa_lint.plain import Plain, to_plain
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
        if kind == "name":
            return self._bindings(module, name[0])
        if kind == "known as":
            return _digest(sorted(self._project.known_as(module, name[0])))
        if kind in ("functions", "classes"):
            return _digest(list(facts.functions if kind == "functions" else facts.classes))
        if kind in ("function", "body"):
            return self._part(module, facts.functions.get(name[0]), FunctionFacts, whole=kind == "body")
        if kind in ("class", "class body"):
            return self._part(module, facts.classes.get(name[0]), ClassFacts, whole=kind == "class body")
        raise KeyError(kind)

    def _bindings(self, module: ModuleInfo, name: str) -> str:
        found = self._project.module_bindings(module, name)
        data = [
            (to_plain(Binding, each), self._lines(module, each.line, each.line + _height(each), whole=False))
            for each in found
        ]
        return _digest(data)

    def _part(self, module: ModuleInfo, facts: Any, kind: type, *, whole: bool) -> str:
        """Facts of a function or class; with the whole text, decorators included, for its body."""
        if facts is None:
            return NONE
        first = facts.decorators[0].line if facts.decorators else facts.line
        return _digest([to_plain(kind, facts), self._lines(module, first, facts.end_line, whole=whole)])

    def _lines(self, module: ModuleInfo, first: int, last: int, *, whole: bool) -> Plain:
        source = self._project.places(module.path)
        if source is None:
            return NONE
        if source.is_ascii and not whole:
            return []
        lines: Sequence[str] = source.lines[first - 1 : last]
        return list(lines) if whole else [each for each in lines if not each.isascii()]


def _height(binding: Binding) -> int:
    return sum(each.text.count("\n") for each in (binding.value, binding.annotation) if each is not None)


def _digest(data: Plain) -> str:
    """Short, since there are many: two versions of one part are told apart, not all parts there are."""
    text = json.dumps(data, separators=(",", ":"))
    return hashlib.blake2b(text.encode("ascii"), digest_size=8).hexdigest()
