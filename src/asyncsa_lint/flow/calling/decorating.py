"""Functions under decorators of the project: what a call of them runs.

    @with_session                  # opens a session, calls the function with it, ends it
    async def found(session, key): ...

A decorator that does nothing with sessions leaves the function as it is. One that does is
carried out once, with the function itself; what it returns is what the name stands for.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.flow.activity import OPENING
from asyncsa_lint.flow.states.paths import GiveUp, Idle, PathEnds
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import Arguments, FunctionValue, Ref, Value
from asyncsa_lint.project.symbols import FunctionInfo

if TYPE_CHECKING:
    from asyncsa_lint.facts.records import Expr
    from asyncsa_lint.flow.context import AnalysisContext


_ENDING = frozenset({"commit", "rollback", "flush", "close", "begin", "begin_nested", "expire_all"})
"""A decorator that calls none of these and nothing named after sessions leaves them as they are."""


def decorated(context: AnalysisContext, function: FunctionInfo) -> FunctionValue | None:
    """The function that a call runs instead; None where that is the function itself, or is not known."""
    if not function.facts.decorators:
        return None
    if function not in context.wrapped:
        context.wrapped[function] = None
        context.wrapped[function] = _wrapped(context, function)
    return context.wrapped[function]


def _wrapped(context: AnalysisContext, function: FunctionInfo) -> FunctionValue | None:
    raw = value = FunctionValue(function, raw=True)
    for decorator in reversed(function.facts.decorators):
        made = _carried_out(context, function, decorator, value)
        if isinstance(made, FunctionValue) and value in dict(made.captured).values():
            value = made
    return None if value is raw else value


def _carried_out(
    context: AnalysisContext, function: FunctionInfo, decorator: Expr, value: FunctionValue
) -> Value | None:
    """What the decorator gives for the function; None for decorators out of sight or of no interest."""
    from asyncsa_lint.flow.calling.calls import call
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

    node = parse(decorator)
    head = node.func if isinstance(node, ast.Call) else node
    symbol = context.project.resolve_expr(context.project.enclosing(function), head)
    if not isinstance(symbol, FunctionInfo) or context.kind_of(symbol) != "function":
        return None
    calls = context.project.calls(symbol)
    if calls.isdisjoint(_ENDING) and not any(part in name.lower() for name in calls for part in OPENING):
        return None
    activation = Interpreter(context, function.module)
    try:
        with context.apart():
            found = activation.evaluate(node, State(context.shared))
            if len(found) != 1:
                return None
            target, state = found[0]
            site = ast.copy_location(ast.Call(node, [], []), node)
            made = call(activation, target, Arguments((value,)), site, state)
    except (GiveUp, Idle, PathEnds, RecursionError):
        return None
    whole = isinstance(made, FunctionValue) and not any(isinstance(v, Ref) for _, v in made.captured)
    return made if whole else None
