"""What the methods of a class assign to `self`."""

from __future__ import annotations

import ast

from asyncsa_lint.facts.records import BindingKind
from asyncsa_lint.project.local_names import receiver_assignments
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.recording import Tracked
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo

Assignment = tuple[FunctionInfo, ast.expr | None, ast.expr | None]
"""Method, annotation and value of a `self.name = value`."""


class AttributeAssignments:
    """Assignments by class and name, found when first asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._own: Tracked[ClassInfo, dict[str, list[Assignment]]] = Tracked(project.recorder)

    def of(self, cls: ClassInfo, name: str) -> list[Assignment]:
        """Each `self.name = value`, own methods first, then those of the bases."""
        found: list[Assignment] = []
        for base in self._project.mro(cls):
            if isinstance(base, ClassInfo):
                found += self._all(base).get(name, ())
        return found

    def _all(self, cls: ClassInfo) -> dict[str, list[Assignment]]:
        return self._own.get(cls, lambda: self._find_all(cls))

    def _find_all(self, cls: ClassInfo) -> dict[str, list[Assignment]]:
        found: dict[str, list[Assignment]] = {}
        for function in self.methods(cls):
            for name, annotation, value in receiver_assignments(function, self._project.node(function)):
                found.setdefault(name, []).append((function, annotation, value))
        return found

    def methods(self, cls: ClassInfo) -> list[FunctionInfo]:
        """The functions written in the body of a class."""
        found = [
            self._project.function(cls.module, binding.target)
            for binding in cls.facts.bindings
            if binding.kind is BindingKind.FUNCTION
        ]
        return [function for function in dict.fromkeys(found) if function is not None]
