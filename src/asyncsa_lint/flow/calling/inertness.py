"""Classes of whose objects it need not be known which is which.

    class Clock:                                # inert: nothing that it does concerns a database
        def now(self) -> datetime: ...

    class Presenter:                            # inert, but not blind: it reads what it is given
        def show(self, order: Order) -> list[str]:
            return [item.name for item in order.items]

An object of an inert class matters only by what it holds. Which one it is has still to be known where
it is kept, for its methods to be followed, unless these are given nothing that they could read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import parse, parse_annotation
from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo

if TYPE_CHECKING:
    from asyncsa_lint.flow.context import AnalysisContext


class Inertness:
    """Answers for one analysis, kept."""

    def __init__(self, context: AnalysisContext) -> None:
        self._context = context
        self._inert: dict[ClassInfo, bool] = {}
        self._blind: dict[ClassInfo, bool] = {}

    def is_inert(self, cls: ClassInfo) -> bool:
        """Objects of the class matter only by what they hold: a schema, or a class without active methods."""
        known = self._inert.get(cls)
        if known is None:
            active = any(self._context.activity.is_active(method) for method in self._methods(cls))
            known = self._inert[cls] = not active or self._context.is_schema(cls)
        return known

    def is_blind(self, cls: ClassInfo) -> bool:
        """Inert, and no method is given rows that it could read: nothing depends on which object it is."""
        known = self._blind.get(cls)
        if known is None:
            known = self._blind[cls] = self.is_inert(cls) and (
                self._context.is_schema(cls)
                or not any(_is_given_rows(self._context, method) for method in self._methods(cls))
            )
        return known

    def _methods(self, cls: ClassInfo) -> Iterator[FunctionInfo]:
        """What may run as a method of an object of the class."""
        for each in (cls, *self._context.implementers.of(cls)):
            for base in self._context.project.mro(each):
                if isinstance(base, ClassInfo):
                    yield from self._context.assignments.methods(base)


def _is_given_rows(context: AnalysisContext, method: FunctionInfo) -> bool:
    """A parameter of the method may be a row, or hold rows, as far as its annotation tells."""
    facts = method.facts
    if facts.name.startswith("__") and facts.name != "__call__":
        return False
    static = "staticmethod" in context.decorators_of(method)
    return any(
        parameter.annotation is not None and _names_model(context, method, parse(parameter.annotation))
        for parameter in facts.parameters[0 if static else 1 :]
    )


def _names_model(context: AnalysisContext, method: FunctionInfo, annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = parse_annotation(annotation.value) or annotation
    found = (
        context.project.resolve_expr(method, each)
        for each in walk(annotation)
        if isinstance(each, ast.Name | ast.Attribute)
    )
    return any(isinstance(each, ClassInfo) and context.models.get(each) is not None for each in found)
