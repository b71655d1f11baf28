"""Callables whose meaning the configuration states: own factories, providers, spawners, loaders, commits.

A callable is meant by the qualified name of its definition, or by the name under which it is
imported from a library. What is said of it stands in for its body:

    session_factories    make()               a new session, which the caller has to close
    session_providers    async with scope()   a session that the provider closes, also by `Depends`
    task_spawners        spawn(work(session)) the coroutine runs as a task from here on
    loaders              await full(order)    everything about `order` is loaded
    commit_helpers       await save(session)  the session is committed
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from asyncsa_lint.config import Config
from asyncsa_lint.flow.calling.situations import reachable
from asyncsa_lint.flow.evaluation.contexts import Entered
from asyncsa_lint.flow.orm import transactions
from asyncsa_lint.flow.orm.lifetime import catch_up, unknown
from asyncsa_lint.flow.states.carried import sessions_held
from asyncsa_lint.flow.states.objects import RETURNED, ListObject, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    Arguments,
    BoundMethod,
    ClassValue,
    ExternalValue,
    FunctionValue,
    LambdaValue,
    Partial,
    Pending,
    TupleValue,
    Value,
)
from asyncsa_lint.flow.tasks import concurrency

if TYPE_CHECKING:
    from asyncsa_lint.flow.context import AnalysisContext
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


class Meaning(StrEnum):
    """What a callable does; the values are fields of the configuration."""

    FACTORY = "session_factories"
    PROVIDER = "session_providers"
    SPAWNER = "task_spawners"
    LOADER = "loaders"
    COMMIT = "commit_helpers"


SESSIONS = (Meaning.FACTORY, Meaning.PROVIDER)
"""Both hand a request its session; that nobody closes a factory's is said at the dependency."""


def meanings(config: Config) -> Mapping[str, Meaning]:
    """Qualified names of all callables that the configuration explains."""
    return {name: meaning for meaning in Meaning for name in getattr(config, meaning)}


def last_names(config: Config) -> frozenset[str]:
    """Names by which these callables are called: a body that calls one does something of interest."""
    return frozenset(name.rpartition(".")[2] for name in meanings(config))


def qualified_name(target: Value) -> str:
    """The name under which the configuration would know a callable; empty for others."""
    if isinstance(target, FunctionValue | BoundMethod):
        return target.function.qualified
    if isinstance(target, ClassValue):
        return target.cls.qualified
    return target.name if isinstance(target, ExternalValue) else ""


def meaning_of(context: AnalysisContext, target: Value) -> Meaning | None:
    """What the configuration says of a callable; None for nearly all."""
    return context.own_calls.get(qualified_name(target)) if context.own_calls else None


def instance(context: AnalysisContext, name: str) -> Value:
    """An object of a library's class, when the configuration explains a method of it; else unknown."""
    if any(each.rpartition(".")[0] == name for each in context.own_calls):
        return ExternalValue(name)
    return UNKNOWN


def called(
    self: Interpreter, meaning: Meaning, target: Value, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """Value of calling it: what it does happens now, or when the result is awaited or entered."""
    if isinstance(target, BoundMethod):
        arguments = Arguments((target.receiver, *arguments.positional), arguments.keywords, arguments.opaque)
    kind = "coroutine" if node is self.awaited_call else "function"
    if isinstance(target, FunctionValue | BoundMethod):
        kind = self.context.kind_of(target.function)
    if kind != "function":
        return Pending(target, arguments, kind, node, self.module)
    return carried_out(self, meaning, target, arguments, node, state, awaited=False)


def carried_out(
    self: Interpreter,
    meaning: Meaning,
    target: Value,
    arguments: Arguments,
    node: ast.AST,
    state: State,
    *,
    awaited: bool = True,
) -> Value:
    """The effect, and what comes of it; a coroutine's when it is `awaited`, or run as a task."""
    if meaning is Meaning.FACTORY:
        return opened(self, node, state)
    if meaning is Meaning.PROVIDER:
        return provided(self, state)
    if meaning is Meaning.SPAWNER:
        return _spawn(self, target, arguments, node, state, awaited=awaited)
    if meaning is Meaning.LOADER:
        _load(self, arguments, node, state)
    else:
        _commit(self, arguments, node, state)
    return UNKNOWN


def opened(self: Interpreter, node: ast.AST, state: State) -> Value:
    """A session of a factory whose settings are not seen."""
    expiry = self.context.default_expiry()
    return state.new(Session(expire_on_commit=expiry, certain=False, created_at=self.span(node)))


def provided(self: Interpreter, state: State) -> Value:
    """A session that somebody else closes."""
    expiry = self.context.default_expiry()
    return state.new(Session(expire_on_commit=expiry, certain=False, origin=RETURNED, in_transaction=None))


def entered(self: Interpreter, node: ast.AST, state: State) -> Entered:
    """`async with provider() as session`: the session ends with the block."""
    from asyncsa_lint.flow.evaluation.managers import entered as enter

    return enter(self, provided(self, state), node, state)


def _spawn(
    self: Interpreter, target: Value, arguments: Arguments, node: ast.AST, state: State, *, awaited: bool
) -> Value:
    from asyncsa_lint.flow.calling.calls import call

    name = qualified_name(target)
    if isinstance(target, BoundMethod):
        arguments = Arguments(arguments.positional[1:], arguments.keywords, arguments.opaque)
    first = arguments.positional[0] if arguments.positional else UNKNOWN
    if isinstance(node, ast.Call) and isinstance(first, FunctionValue | BoundMethod | LambdaValue | Partial):
        rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.opaque)
        tasks = [call(self, first, rest, node, state)]
    else:
        tasks = [item for value in arguments.values() for item in _coroutines(value, state)]
    made = [concurrency.spawn(self, name, task, node, state) for task in tasks if isinstance(task, Pending)]
    if awaited:
        # The call may well have waited for them.
        for task in made:
            concurrency.finish(task, state)
    return made[0] if len(made) == 1 else UNKNOWN


def _coroutines(value: Value, state: State) -> list[Value]:
    """The value itself, or the items of a collection."""
    record = state.object_of(value)
    if isinstance(value, TupleValue):
        return list(value.items)
    if not isinstance(record, ListObject):
        return [value]
    if record.items is not None:
        return list(record.items)
    element = record.element
    if isinstance(element, Pending):
        return [Pending(element.target, element.arguments, element.kind, element.node, element.module, True)]
    return []


def _load(self: Interpreter, arguments: Arguments, node: ast.AST, state: State) -> None:
    from asyncsa_lint.flow.calling.calls import used_out_of_sight

    values = arguments.values()
    used_out_of_sight(self, values, node, state)
    for ident in reachable(values, state):
        record = catch_up(ident, state)
        if record is not None:
            state.put(ident, unknown(record))


def _commit(self: Interpreter, arguments: Arguments, node: ast.AST, state: State) -> None:
    span = self.span(node)
    held = [ident for value in arguments.values() for ident in sessions_held(value, state)]
    for ident in dict.fromkeys(held):
        concurrency.note_use(self, ident, node, state)
        transactions.may_fail(self, ident, span, state)
        transactions.commit(ident, span, state)
