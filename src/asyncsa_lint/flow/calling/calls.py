"""Calling: which function a value stands for, its summary, and replaying that at the call site."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow import own_calls
from asyncsa_lint.flow.calling.decorating import decorated
from asyncsa_lint.flow.calling.replay import apply, replay
from asyncsa_lint.flow.calling.situations import reachable
from asyncsa_lint.flow.calling.summarising import prepare
from asyncsa_lint.flow.evaluation.annotations import value_of_called, value_of_yielded, yielded
from asyncsa_lint.flow.evaluation.containers import with_default
from asyncsa_lint.flow.orm import failures
from asyncsa_lint.flow.orm.lifetime import catch_up, unknown
from asyncsa_lint.flow.states.carried import given_away
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import ProjectObject, Session, Task
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    Arguments,
    BoundMethod,
    CallableValue,
    ClassValue,
    ExternalValue,
    FunctionValue,
    LambdaValue,
    LibraryMethod,
    Partial,
    Pending,
    Ref,
    Value,
)
from asyncsa_lint.flow.tasks.blocking import called

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.symbols import FunctionInfo


_ENTERED = {"generator": "manager", "async-generator": "async-manager"}
"""What a call of a generator function gives once `contextlib` has wrapped it."""


def call(self: Interpreter, target: Value, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """Value of `target(arguments)`."""
    meaning = own_calls.meaning_of(self.context, target)
    if meaning is not None:
        return own_calls.called(self, meaning, target, arguments, node, state)
    if isinstance(target, FunctionValue):
        return call_value(self, target, target.function, arguments, node, state)
    if isinstance(target, BoundMethod):
        bound = replace_first(arguments, target.receiver)
        return call_value(self, target, target.function, bound, node, state)
    if isinstance(target, ExternalValue):
        from asyncsa_lint.flow.calling.library import call_external

        return call_external(self, target, arguments, node, state)
    if isinstance(target, LibraryMethod):
        from asyncsa_lint.flow.calling.methods import call_method

        return call_method(self, target, arguments, node, state)
    if isinstance(target, ClassValue):
        from asyncsa_lint.flow.calling.construction import instantiate

        return instantiate(self, target, arguments, node, state)
    if isinstance(target, Partial):
        merged = replace(
            arguments,
            positional=target.arguments + arguments.positional,
            keywords=target.keywords + arguments.keywords,
        )
        return call(self, target.target, merged, node, state)
    if isinstance(target, LambdaValue):
        return _call_lambda(self, target, arguments, state)
    from asyncsa_lint.flow.states.values import FactoryValue

    if isinstance(target, FactoryValue):
        from asyncsa_lint.flow.orm.factories import open_session

        return open_session(self, target, arguments, node, state)
    record = state.object_of(target)
    if isinstance(record, Session) and record.kind == "scoped":
        return target
    if isinstance(record, ProjectObject):
        method = self.context.project.method(record.cls, "__call__")
        if method is not None:
            return call_value(self, target, method, replace_first(arguments, target), node, state)
    made = out_of_sight(self, arguments, node, state)
    if isinstance(target, CallableValue):
        return _called_by_annotation(self, target, arguments, node, state)
    if made is UNKNOWN and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return with_default(arguments)
    return made


def _called_by_annotation(
    self: Interpreter, target: CallableValue, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """What the annotation says of it: a session, or a manager that hands one out."""
    if yielded(self.context, target.module, target.returns) is not None:
        return Pending(target, arguments, "async-manager", node, self.module)
    return value_of_called(self, target, state)


def replace_first(arguments: Arguments, receiver: Value) -> Arguments:
    return replace(arguments, positional=(receiver, *arguments.positional))


def out_of_sight(self: Interpreter, arguments: Arguments, node: ast.AST, state: State) -> Value:
    """Code that can not be seen gets these objects: awaited, or with a session, it may load anything."""
    values = arguments.values()
    has_session = any(isinstance(state.object_of(v), Session) for v in values)
    if node is self.awaited_call or has_session:
        if node is self.awaited_call:
            used_out_of_sight(self, values, node, state)
        forget(values, state)
    else:
        given_away(values, state)
    return UNKNOWN


def used_out_of_sight(self: Interpreter, values: list[Value], node: ast.AST, state: State) -> None:
    """What is awaited with a session among its arguments works with that session."""
    from asyncsa_lint.flow.tasks.concurrency import note_use

    for value in values:
        if isinstance(value, Ref) and isinstance(state.get(value.id), Session):
            note_use(self, value.id, node, state)


def forget(values: list[Value], state: State) -> None:
    """Instances reachable from the values are in an unknown state from here on; tasks may be awaited."""
    from asyncsa_lint.flow.tasks.concurrency import finish

    given_away(values, state)
    for value in values:
        finish(value, state)
    for ident in reachable(values, state):
        record = catch_up(ident, state)
        if record is not None:
            state.put(ident, unknown(record))


def call_value(
    self: Interpreter,
    target: Value,
    function: FunctionInfo,
    arguments: Arguments,
    node: ast.AST,
    state: State,
) -> Value:
    """Run a plain function now; coroutines, generators and managers wait until they are used."""
    if not (isinstance(target, FunctionValue) and target.raw):
        wrapped = decorated(self.context, function)
        if wrapped is not None:
            return call_value(self, wrapped, wrapped.function, arguments, node, state)
    whole = target if isinstance(target, FunctionValue) else FunctionValue(function)
    kind = self.context.kind_of(function)
    if whole.manages:
        kind = _ENTERED.get(kind, kind)
    if kind != "function":
        return Pending(whole, arguments, kind, node, self.module)
    captured = target.captured if isinstance(target, FunctionValue) else ()
    return call_function(self, function, arguments, node, state, captured)


def _call_lambda(self: Interpreter, target: LambdaValue, arguments: Arguments, state: State) -> Value:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    saved = state.env
    activation, env = self, {**saved, **dict(target.captured)}
    if target.module is not self.module:
        # Written elsewhere: of the names around it only those of its module are known.
        activation, env = Activation(self.context, target.module, depth=self.depth + 1), dict(target.captured)
        activation.choices, activation.inputs = self.choices, self.inputs
    names = [a.arg for a in (*target.node.args.posonlyargs, *target.node.args.args)]
    defaults = target.node.args.defaults
    for position, name in enumerate(names):
        value = arguments.get(position, name)
        if value is None and len(names) - position <= len(defaults):
            value = activation.eval(defaults[position - (len(names) - len(defaults))], state)
        env[name] = value or UNKNOWN
    state.replace_env(env)
    try:
        return activation.eval(target.node.body, state)
    finally:
        state.replace_env(saved)


def awaited(self: Interpreter, value: Value, node: ast.Await, state: State) -> Value:
    """`await value`."""
    if isinstance(value, Pending):
        return settle(self, value, node.value, state)
    record = state.object_of(value)
    if isinstance(record, Task):
        from asyncsa_lint.flow.tasks.concurrency import finish

        finish(value, state)
        return record.result
    if isinstance(value, ExternalValue) or value is UNKNOWN:
        return UNKNOWN
    from asyncsa_lint.flow.calling.methods import await_object

    return await_object(self, value, node, state)


def settle(self: Interpreter, value: Pending, node: ast.AST, state: State) -> Value:
    """Carry out a pending call: what `await`, a task or `gather` does with a coroutine."""
    target = value.target
    meaning = own_calls.meaning_of(self.context, target)
    if meaning is not None:
        return own_calls.carried_out(self, meaning, target, value.arguments, node, state)
    if isinstance(target, FunctionValue):
        return call_function(self, target.function, value.arguments, node, state, target.captured)
    if isinstance(target, LibraryMethod):
        from asyncsa_lint.flow.calling.methods import run_method

        return run_method(self, target, value.arguments, node, state)
    if isinstance(target, ExternalValue):
        from asyncsa_lint.flow.calling.library import run_external

        return run_external(self, target, value.arguments, node, state)
    return UNKNOWN


# -- project functions ----------------------------------------------------------


def call_function(
    self: Interpreter,
    function: FunctionInfo,
    arguments: Arguments,
    node: ast.AST,
    state: State,
    captured: tuple[tuple[str, Value], ...] = (),
) -> Value:
    """Run a function of the project through its summary for these arguments."""
    if self.context.implementers.is_stub(function):
        return _not_followed(self, function, arguments, node, state)
    prepared = prepare(self, function, arguments, node, state, captured)
    if prepared is None:
        return self.context.value_of_return(self, function, state)
    summary, mapping = prepared
    if not summary.complete:
        return _not_followed(self, function, arguments, node, state)
    return replay(self, function, summary, mapping, node, state)


def _not_followed(
    self: Interpreter, function: FunctionInfo, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """The body is out of sight, or too much: of what it was given nothing is known afterwards."""
    if function.facts.is_async:
        used_out_of_sight(self, arguments.values(), node, state)
    forget(arguments.values(), state)
    return self.context.value_of_return(self, function, state)


def generated(self: Interpreter, value: Pending, state: State, node: ast.AST) -> Value:
    """Any element of a generator of the project."""
    if own_calls.meaning_of(self.context, value.target) is own_calls.Meaning.PROVIDER:
        return own_calls.provided(self, state)
    if not isinstance(value.target, FunctionValue):
        return UNKNOWN
    prepared = prepare(self, value.target.function, value.arguments, node, state, value.target.captured)
    if prepared is None or not prepared[0].complete or not prepared[0].yields:
        return value_of_yielded(self, value.target.function, state)
    summary, mapping = prepared
    called(self, summary, node)
    for read in summary.reads:
        failures.resolve(self, read, summary.symbol, mapping.get(read.ident, read.ident), node, state)
    outcome = summary.yields[self.choices.choose(len(summary.yields[:3]))]
    found = apply(self, summary, outcome, mapping, node, state)
    return value_of_yielded(self, value.target.function, state) if found is UNKNOWN else found
