"""What the program gives to the constructor of a class, when it gives the same everywhere.

A class that takes a callable (`factory: Callable[[AsyncSession], Repository]`) does not say
which one it gets; the place that constructs it does.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from asyncsa_lint.facts.expressions import dotted_name
from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo, ModuleInfo


@dataclass(frozen=True, slots=True)
class Given:
    """An argument of a constructor, and the function or module it is written in."""

    scope: FunctionInfo | ModuleInfo
    node: ast.expr

    @property
    def module(self) -> ModuleInfo:
        return self.scope.module if isinstance(self.scope, FunctionInfo) else self.scope


class Constructions:
    """Answers for one project; `is_test` tells the files of the test suite."""

    def __init__(self, project: Project, is_test: Callable[[str], bool]) -> None:
        self._project = project
        self._is_test = is_test
        self._calls: dict[ClassInfo, list[tuple[FunctionInfo | ModuleInfo, ast.Call]]] = {}

    def argument(self, cls: ClassInfo, constructor: FunctionInfo, name: str) -> Given | None:
        """What the parameter `name` of the constructor is given; None when the calls differ."""
        names = [parameter.name for parameter in constructor.facts.parameters[1:]]
        calls = self._calls_of(cls)
        found = [
            Given(scope, given)
            for scope, call in calls
            if (given := _given(call, name, names.index(name))) is not None
        ]
        if not found or len(found) != len(calls):
            return None
        same = len({(given.module.path, ast.dump(given.node)) for given in found}) == 1
        return found[0] if same else None

    def is_made(self, cls: ClassInfo) -> bool:
        """Whether the program makes objects of the class or of an heir, its tests apart."""
        return any(self._calls_of(each) for each in (cls, *self._project.subclasses(cls)))

    def _calls_of(self, cls: ClassInfo) -> list[tuple[FunctionInfo | ModuleInfo, ast.Call]]:
        known = self._calls.get(cls)
        if known is None:
            known = self._calls[cls] = [
                found
                for path in self._project.mentioning((cls.facts.name.encode(),))
                if not self._is_test(path)
                for found in self._calls_in(path, cls)
            ]
        return known

    def _calls_in(self, path: str, cls: ClassInfo) -> list[tuple[FunctionInfo | ModuleInfo, ast.Call]]:
        module, source = self._project.module_at(path), self._project.source(path)
        if module is None or source is None:
            return []
        found: list[tuple[FunctionInfo | ModuleInfo, ast.Call]] = []
        names = self._project.known_as(module, cls.facts.name)
        for node in walk(source.tree):
            dotted = dotted_name(node.func) if isinstance(node, ast.Call) else None
            if not isinstance(node, ast.Call) or (dotted or "").rpartition(".")[2] not in names:
                continue
            scope = self._scope_of(module, node)
            if dotted is not None and self._project.resolve_in(scope, dotted) is cls:
                found.append((scope, node))
        return found

    def _scope_of(self, module: ModuleInfo, node: ast.Call) -> FunctionInfo | ModuleInfo:
        """The innermost function around the call."""
        around: FunctionInfo | ModuleInfo = module
        for function in self._project.functions(module):
            if not function.facts.line <= node.lineno <= function.facts.end_line:
                continue
            if not isinstance(around, FunctionInfo) or function.facts.line >= around.facts.line:
                around = function
        return around


def _given(call: ast.Call, name: str, position: int) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if any(isinstance(each, ast.Starred) for each in call.args[: position + 1]) or position >= len(call.args):
        return None
    return call.args[position]
