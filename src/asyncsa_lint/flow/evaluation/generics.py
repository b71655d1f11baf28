"""What a type variable stands for in a subclass: `class Users(Repository[User])`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import dotted_name
from asyncsa_lint.flow.states.values import UNKNOWN, ClassValue, Value
from asyncsa_lint.project.symbols import ClassInfo, ModuleInfo
from asyncsa_lint.project.type_expressions import head_name

if TYPE_CHECKING:
    from asyncsa_lint.flow.context import AnalysisContext

_TYPE = frozenset({"type", "Type"})
_GENERIC = frozenset({"Generic", "Protocol"})


def class_of_annotation(
    context: AnalysisContext, value: ClassValue, node: ast.expr, module: ModuleInfo
) -> Value:
    """`type[T]` or `ClassVar[type[T]]` for this class."""
    while isinstance(node, ast.Subscript):
        base = head_name(context.project, module, node.value)
        if base in _TYPE:
            name = dotted_name(node.slice)
            if not name:
                return UNKNOWN
            found = context.project.resolve(module, name)
            if isinstance(found, ClassInfo):
                return ClassValue(found)
            return argument_for(context, value, name)
        if base not in {"ClassVar", "Final", "Optional", "Annotated"}:
            return UNKNOWN
        node = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
    return UNKNOWN


def argument_for(context: AnalysisContext, value: ClassValue, variable: str) -> Value:
    """The class that `variable` stands for in `value`; UNKNOWN when it is not bound."""
    return _search(context, value.cls, value.arguments, variable, 0)


def _search(
    context: AnalysisContext, cls: ClassInfo, arguments: tuple[Value, ...], variable: str, depth: int
) -> Value:
    if depth > 8:
        return UNKNOWN
    parameters = parameters_of(context, cls)
    if variable in parameters and parameters.index(variable) < len(arguments):
        found = arguments[parameters.index(variable)]
        return found if isinstance(found, ClassValue) else UNKNOWN
    for base, nodes in context.project.base_arguments(cls):
        if not isinstance(base, ClassInfo):
            continue
        given: list[Value] = []
        for node in nodes:
            symbol = context.project.resolve_expr(cls.module, node)
            if isinstance(symbol, ClassInfo):
                given.append(ClassValue(symbol))
            else:
                name = dotted_name(node)
                own = parameters.index(name) if name in parameters else -1
                given.append(arguments[own] if 0 <= own < len(arguments) else UNKNOWN)
        result = _search(context, base, tuple(given), variable, depth + 1)
        if result is not UNKNOWN:
            return result
    return UNKNOWN


def parameters_of(context: AnalysisContext, cls: ClassInfo) -> list[str]:
    """Names of the type variables of a class, in order."""
    node = context.project.class_node(cls)
    declared = [p.name for p in getattr(node, "type_params", [])] if node is not None else []
    if declared:
        return declared
    names: list[str] = []
    for base, nodes in context.project.base_arguments(cls):
        generic = not isinstance(base, ClassInfo) and getattr(base, "name", "").rsplit(".", 1)[-1] in _GENERIC
        if generic:
            return [name for name in (dotted_name(n) for n in nodes) if name]
        for item in nodes:
            name = dotted_name(item)
            if (
                name
                and name not in names
                and not isinstance(context.project.resolve_expr(cls.module, item), ClassInfo)
            ):
                names.append(name)
    return names
