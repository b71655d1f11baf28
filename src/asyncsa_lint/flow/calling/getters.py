"""Functions that do nothing with a database and yet hand out an object that does.

    def get_orders() -> OrderService:      # nothing here is active ...
        global _service
        if _service is None:
            _service = OrderService()      # ... but its methods are
        return _service

What such a function returns has to be known for its methods to be followed. So does what a
constructor keeps of the module's own: `self._sessions = session_factory`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.flow.states.objects import ProjectObject
from asyncsa_lint.flow.states.values import FactoryValue, Ref
from asyncsa_lint.project.local_names import iter_own
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo, ValueInfo
from asyncsa_lint.project.type_expressions import annotated_class

if TYPE_CHECKING:
    from asyncsa_lint.flow.context import AnalysisContext


def hands_out(context: AnalysisContext, function: FunctionInfo) -> bool:
    """A plain function returns, as far as its text tells, an object of a class that is not inert.

    A coroutine that has nothing to do with sessions opens connections of another kind.
    """
    if function.facts.is_async:
        return False
    returns = function.facts.returns
    if returns is not None:
        return _is_live(context, annotated_class(context.project, function, parse(returns)))
    node = context.project.node(function)
    values = [each.value for each in iter_own(node) if isinstance(each, ast.Return)] if node else []
    return any(value is not None and _gives(context, function, value) for value in values)


def keeps_global(context: AnalysisContext, function: FunctionInfo) -> bool:
    """A constructor that speaks of a session factory, or of such an object, of the module."""
    if function.facts.name != "__init__":
        return False
    node = context.project.node(function)
    names = {each.id: each for each in iter_own(node) if isinstance(each, ast.Name)} if node else {}
    return any(_is_resource(context, function, each) for each in names.values())


def _is_resource(context: AnalysisContext, function: FunctionInfo, name: ast.Name) -> bool:
    found = context.project.resolve_expr(function, name)
    held = context.value_of_symbol(found) if isinstance(found, ValueInfo) else None
    record = context.shared.get(held.id) if isinstance(held, Ref) else None
    if isinstance(record, ProjectObject):
        return not context.inertness.is_inert(record.cls)
    return isinstance(held, FactoryValue) or record is not None


def _gives(context: AnalysisContext, function: FunctionInfo, value: ast.expr) -> bool:
    """`return Service()`, or a global that holds a service."""
    if isinstance(value, ast.Call):
        return _is_live(context, context.project.resolve_expr(function, value.func))
    if not isinstance(value, ast.Name):
        return False
    found = context.project.resolve_expr(function, value)
    held = context.value_of_symbol(found) if isinstance(found, ValueInfo) else None
    record = context.shared.get(held.id) if isinstance(held, Ref) else None
    return isinstance(record, ProjectObject) and not context.inertness.is_inert(record.cls)


def _is_live(context: AnalysisContext, cls: object) -> bool:
    return (
        isinstance(cls, ClassInfo) and context.models.get(cls) is None and not context.inertness.is_inert(cls)
    )
