"""Which expression of a call a function of the project gets for a parameter."""

from __future__ import annotations

import ast

from asyncsa_lint.project.inference import Inference
from asyncsa_lint.project.local_names import is_class_method, is_static_method
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo


def argument_of(
    inference: Inference, scope: Scope, call: ast.Call, function: FunctionInfo, name: str
) -> ast.expr | None:
    """The expression for the parameter `name`, None behind a star or where the call has none.

    Of `to_thread(function, 3, url)` it is one of those behind the function that is handed over.
    """
    named = next((each.value for each in call.keywords if each.arg == name), None)
    if named is not None:
        return named
    handed = (i for i, each in enumerate(call.args) if inference.symbol(scope, each) is function)
    at = next(handed, None)
    called, first = (call.func, 0) if at is None else (call.args[at], at + 1)
    names = [each.name for each in function.facts.parameters]
    position = first + names.index(name) - _taken(inference, scope, called, function)
    given = call.args[first : position + 1]
    if not first <= position < len(call.args) or any(isinstance(each, ast.Starred) for each in given):
        return None
    return call.args[position]


def _taken(inference: Inference, scope: Scope, called: ast.expr, function: FunctionInfo) -> int:
    """How many parameters what stands before the dot takes."""
    if not function.facts.owner or is_static_method(function):
        return 0
    if not isinstance(called, ast.Attribute):
        # `Service(admin)` calls `Service.__init__`.
        return 1
    on_class = isinstance(inference.symbol(scope, called.value), ClassInfo)
    return 0 if on_class and not is_class_method(function) else 1
