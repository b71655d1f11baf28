"""Binding call arguments to parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.facts.records import ParameterFacts, ParameterKind
from asyncsa_lint.flow.states.objects import DictObject, Engine, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    KEY,
    TRUE,
    UNKNOWN,
    Arguments,
    Const,
    FactoryValue,
    Ref,
    TupleValue,
    Value,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.symbols import FunctionInfo

_POSITIONAL = {ParameterKind.POSITIONAL, ParameterKind.POSITIONAL_ONLY}


def bind(self: Interpreter, function: FunctionInfo, arguments: Arguments, state: State) -> dict[str, Value]:
    """Values of all parameters; what the call does not say comes from defaults or stays unknown."""
    env: dict[str, Value] = {}
    keywords = dict(arguments.keywords)
    position = 0
    for parameter in function.facts.parameters:
        name = parameter.name
        if parameter.kind is ParameterKind.VAR_POSITIONAL:
            rest = arguments.positional[position:]
            env[name] = TupleValue(rest) if arguments.counted or not arguments.opaque else UNKNOWN
            position = len(arguments.positional)
        elif parameter.kind is ParameterKind.VAR_KEYWORD:
            env[name] = state.new(DictObject(items=dict(keywords.items()), opaque=arguments.opaque))
        elif parameter.kind in _POSITIONAL and position < len(arguments.positional):
            env[name] = arguments.positional[position]
            position += 1
        elif name in keywords:
            env[name] = keywords.pop(name)
        else:
            env[name] = UNKNOWN if arguments.opaque else default_of(self, function, parameter)
        if env[name] is UNKNOWN:
            env[name] = _typed(self, function, parameter, state)
        elif env[name] is KEY and name in self.context.flags_of(function):
            env[name] = TRUE
    return env


def default_of(self: Interpreter, function: FunctionInfo, parameter: ParameterFacts) -> Value:
    """The default's value; mutable objects and dependencies count as unknown."""
    if parameter.default is None:
        return UNKNOWN
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    activation = Activation(self.context, function.module)
    found = activation.evaluate(parse(parameter.default), State(self.context.shared))
    value = found[0][0] if len(found) == 1 else UNKNOWN
    if isinstance(value, Const | TupleValue | FactoryValue):
        return value
    if isinstance(value, Ref) and isinstance(value.id, tuple):
        return value
    return UNKNOWN


def _typed(self: Interpreter, function: FunctionInfo, parameter: ParameterFacts, state: State) -> Value:
    """An argument out of sight still has its declared type, when that is a session, engine or factory."""
    if parameter.annotation is None or not self.context.may_be_resource(function, parameter.annotation):
        return UNKNOWN
    from asyncsa_lint.flow.evaluation.annotations import value_of_annotation
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    value = value_of_annotation(
        Activation(
            self.context, function.module, function, depth=self.depth, cls=self.context.owner_class(function)
        ),
        parse(parameter.annotation),
        state,
        resources_only=True,
    )
    record = state.object_of(value)
    if isinstance(record, Session | Engine) and not record.is_async:
        # Of what the callee alone says to be synchronous, nothing is claimed at the call.
        value = UNKNOWN
    self.context.note_resource(function, parameter.annotation, value)
    return value
