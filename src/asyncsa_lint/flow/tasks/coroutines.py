"""Coroutines of database objects that nobody awaits, and the reverse (TRUTH D)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.findings import Edit, Fix, Recipe, Related, Rewrite, Span
from asyncsa_lint.flow.events import CoroutineLost, Mismatch, ProtocolMismatch, Resource
from asyncsa_lint.flow.states.carried import given_away
from asyncsa_lint.flow.states.objects import Engine, Instance, ListObject, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    FALSE,
    TRUE,
    UNKNOWN,
    Arguments,
    BoundMethod,
    ClassValue,
    Const,
    ExternalValue,
    FunctionValue,
    LambdaValue,
    LibraryMethod,
    Partial,
    Pending,
    ResultValue,
    TransactionValue,
    TupleValue,
    Value,
)
from asyncsa_lint.knowledge.sqlalchemy import CALLS, CONNECTION_COROUTINES

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.symbols import FunctionInfo

_NEVER_RUN = frozenset({"coroutine", "connect"})
"""`engine.connect()` gives a connection that is started by `await` or `async with` only (TRUTH D)."""
_KEEPING = frozenset({"staticmethod", "classmethod", "override", "abstractmethod"})
"""Decorators under which a coroutine function stays one."""
_CLOSING = frozenset({"dispose", "close", "aclose"})
_OF_COROUTINES = frozenset({"close", "send", "throw"})
"""What every coroutine object has itself; also everything that starts with `cr_` or `__`."""


def resource_of(value: Value, state: State) -> Resource | None:
    """Which async database object a pending library call belongs to."""
    if not isinstance(value, Pending):
        return None
    if isinstance(value.target, ExternalValue):
        return Resource.SESSION if CALLS.get(value.target.name) == "session_coroutine" else None
    if not isinstance(value.target, LibraryMethod):
        return None
    return _resource(value.target.receiver, state)


def _resource(receiver: Value, state: State) -> Resource | None:
    if isinstance(receiver, TransactionValue):
        return Resource.TRANSACTION
    record = state.object_of(receiver)
    if isinstance(record, Session) and record.is_async:
        return Resource.CONNECTION if record.kind == "connection" else Resource.SESSION
    if isinstance(record, Engine) and record.is_async:
        return Resource.POOL if record.constructor.startswith("asyncpg") else Resource.ENGINE
    return None


def _resource_of_call(self: Interpreter, value: Value, state: State) -> Resource | None:
    """The database object whose coroutine this is, or that a coroutine function of the project uses.

    What a decorator makes of a function may not be a coroutine.
    """
    if not (
        isinstance(value, Pending) and value.kind == "coroutine" and isinstance(value.target, FunctionValue)
    ):
        return resource_of(value, state)
    from asyncsa_lint.flow.calling.summarising import prepare

    function, captured = value.target.function, value.target.captured
    if not _stays_a_function(self, function):
        return None
    if self.context.implementers.is_stub(function):
        return None
    prepared = prepare(self, function, value.arguments, value.node, state.fork(), captured)
    for outcome in prepared[0].outcomes if prepared is not None and prepared[0].complete else ():
        for ident, _ in sorted(outcome.uses, key=str):
            record = outcome.heap.get(ident)
            if isinstance(record, Session):
                return Resource.CONNECTION if record.kind == "connection" else Resource.SESSION
    return None


def _stays_a_function(self: Interpreter, function: FunctionInfo) -> bool:
    """No decorator has made something else of it."""
    names = self.context.decorators_of(function)
    return len(names) == len(function.facts.decorators) and names <= _KEEPING


def is_coroutine_function(
    self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """`iscoroutinefunction(f)`, which looks into a partial; UNKNOWN for callables out of sight."""
    value = arguments.positional[0] if arguments.positional else UNKNOWN
    while isinstance(value, Partial):
        value = value.target
    if isinstance(value, LambdaValue | ClassValue | Const):
        return FALSE
    if not isinstance(value, FunctionValue | BoundMethod) or not _stays_a_function(self, value.function):
        return UNKNOWN
    return TRUE if self.context.kind_of(value.function) == "coroutine" else FALSE


def is_awaitable(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`isawaitable(v)` and `iscoroutine(v)`, which differ for tasks."""
    value = arguments.positional[0] if arguments.positional else UNKNOWN
    if isinstance(value, Pending) and value.kind == "coroutine":
        plain = isinstance(value.target, FunctionValue) and _stays_a_function(self, value.target.function)
        return TRUE if plain or isinstance(value.target, LibraryMethod) else UNKNOWN
    if isinstance(value, Const | TupleValue) or isinstance(state.object_of(value), Instance | ListObject):
        return FALSE
    return UNKNOWN


def dropped(self: Interpreter, node: ast.expr, value: Value, state: State) -> None:
    """An expression statement whose value is a coroutine that never runs, or a list of such."""
    if isinstance(value, Pending) and value.kind in {"coroutine", "transaction"}:
        lost(self, node, value, "dropped", state)
    record = state.object_of(value)
    if isinstance(record, ListObject) and isinstance(node, ast.ListComp | ast.SetComp):
        for item in [*(record.items or ()), *([record.element] if record.element is not None else [])]:
            lost(self, node, item, "dropped", state)


def bound(self: Interpreter, name: str, value: Value, state: State) -> None:
    """The coroutine gets a name that the function never reads."""
    if self.function is None or not isinstance(value, Pending):
        return
    if not isinstance(value.target, FunctionValue) and resource_of(value, state) is None:
        return
    node = self.context.project.node(self.function)
    if node is not None and not any(
        isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in walk(node)
    ):
        lost(self, value.node, value, "dropped", state)


def lost(self: Interpreter, node: ast.AST, value: Value, how: str, state: State) -> None:
    """Publish that the coroutine `value` is not awaited; silent for other values."""
    if not isinstance(value, Pending):
        return
    resource = _resource_of_call(self, value, state)
    if resource is None or (value.kind not in _NEVER_RUN and how != "dropped"):
        return
    if isinstance(value.target, LibraryMethod):
        # Said once: that the session is not closed follows from it.
        given_away([value.target.receiver], state)
    span, trail = _place(self, node, value)
    if _is_said(self, span, self.context.span_of(value.module, value.node)):
        return
    in_async = self.function is not None and self.function.facts.is_async
    statement = how == "dropped" and isinstance(node, ast.Call)
    fix = _awaiting(span, statement) if in_async else made_async(self, "await the call")
    name = value.target.name if isinstance(value.target, LibraryMethod | ExternalValue) else ""
    inside = isinstance(value.target, FunctionValue)
    if isinstance(value.target, FunctionValue):
        name = value.target.function.facts.name
    self.context.publish(
        CoroutineLost(
            span=span,
            symbol=self.symbol,
            trail=trail,
            resource=resource,
            method=name.rsplit(".", 1)[-1],
            how=how,
            inside=inside,
            fix=fix,
        )
    )


def _is_said(self: Interpreter, span: Span, made: Span) -> bool:
    """Another path, or a function on the way of the coroutine, has lost it already."""
    return any(
        event.span in {span, made} or any(step.span == made for step in event.trail)
        for event in self.context.events
        if isinstance(event, CoroutineLost)
    )


def _place(self: Interpreter, node: ast.AST, value: Pending) -> tuple[Span, tuple[Related, ...]]:
    """The call, or the expression that gets the coroutine where another function makes it."""
    made = self.context.span_of(value.module, value.node)
    own = None if self.function is None else self.context.project.node(self.function)
    if isinstance(own, ast.FunctionDef | ast.AsyncFunctionDef):
        first, last = own.lineno, own.end_lineno or own.lineno
        if value.module is not self.module or not first <= made.line <= last:
            return self.span(node), (Related(made, "the coroutine is made here"),)
    return made, ()


def made_async(self: Interpreter, words: str) -> Fix | None:
    """Advice in a plain function: what it has to become before it can do this."""
    if self.function is None:
        return None
    name = self.function.facts.name
    if name.startswith("__") and name.endswith("__") and name != "__call__":
        return Fix(f"Python awaits no `{name}`: {words} in an `async def` that somebody calls", safe=False)
    return Fix(f"make `{name}` an `async def` and {words}", safe=False)


def _awaiting(span: Span, is_statement: bool) -> Fix:
    """Await the call: as a statement it needs no more, elsewhere it may need parentheses."""
    if is_statement:
        return Fix("add `await`", safe=True, edits=(_insert(span, "await "),))
    return Fix("await the call", safe=True, recipe=Recipe(Rewrite.AWAIT, span))


def asked(self: Interpreter, node: ast.expr, value: Value, how: str, state: State) -> None:
    """The coroutine is compared or tested; a variable that may hold None as well may be asked for that."""
    if not isinstance(value, Pending) or value.kind != "coroutine":
        return
    if isinstance(node, ast.NamedExpr):
        node = node.value
    if isinstance(node, ast.Name) and self.function is not None:
        if _bindings(self, node.id) != 1:
            return
    elif not isinstance(node, ast.Call):
        return
    lost(self, node, value, how, state)


def _bindings(self: Interpreter, name: str) -> int:
    """How often the function binds the name."""
    node = None if self.function is None else self.context.project.node(self.function)
    return sum(
        1
        for n in ([] if node is None else walk(node))
        if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
    )


def read_from(self: Interpreter, node: ast.AST, value: Value, name: str, state: State) -> None:
    """`coroutine.name`, where the name is one of what the coroutine would return."""
    if (
        isinstance(value, Pending)
        and value.kind == "connect"
        and name not in CONNECTION_COROUTINES - {"start"}
    ):
        return
    if name not in _OF_COROUTINES and not name.startswith(("cr_", "__")):
        lost(self, node, value, "used as a value", state)


def returned_to_framework(self: Interpreter, node: ast.expr, value: Value, state: State) -> None:
    """Nobody awaits what a path operation returns, be it a plain `def` or a coroutine function."""
    lost(self, node, value, "returned to FastAPI", state)


def _insert(span: Span, text: str) -> Edit:
    return Edit(Span(span.path, span.line, span.column, span.line, span.column), text)


def mismatch(
    self: Interpreter, node: ast.AST, kind: Mismatch, resource: str, expression: str, fix: Fix | None = None
) -> None:
    """Publish a use of the wrong half of the sync/async protocol."""
    self.context.publish(
        ProtocolMismatch(
            span=self.span(node),
            symbol=self.symbol,
            mismatch=kind,
            resource=resource,
            expression=expression,
            fix=fix,
        )
    )


def check_iteration(
    self: Interpreter,
    node: ast.expr,
    iterable: Value,
    state: State,
    *,
    is_async: bool,
    statement: ast.For | ast.AsyncFor | None = None,
) -> None:
    """`for` over an AsyncResult, `async for` over a buffered Result or a coroutine."""
    text = self.source.segment(node)
    if not is_async:
        if isinstance(iterable, ResultValue) and iterable.is_async:
            mismatch(self, node, Mismatch.PLAIN_FOR, "AsyncResult", text, _async_for(self, statement))
        lost(self, node, iterable, "iterated", state)
    elif isinstance(iterable, ResultValue) and not iterable.is_async:
        mismatch(self, node, Mismatch.ASYNC_FOR_ON_SYNC, "Result", text)
    elif (
        resource_of(iterable, state) is not None
        and isinstance(iterable, Pending)
        and iterable.kind == "coroutine"
    ):
        mismatch(self, node, Mismatch.ASYNC_FOR_ON_SYNC, "coroutine", text)


def _async_for(self: Interpreter, statement: ast.For | ast.AsyncFor | None) -> Fix | None:
    if statement is None or self.function is None:
        return None
    if not self.function.facts.is_async:
        return made_async(self, "write `async for`")
    return Fix("write `async for`", safe=True, edits=(_insert(self.span(statement), "async "),))


def registered(self: Interpreter, value: Value, node: ast.AST, state: State, hook: str) -> None:
    """A coroutine method handed to a hook that calls it and drops what it gets (TRUTH C)."""
    if isinstance(value, LambdaValue):
        from asyncsa_lint.flow.calling.calls import call

        made = call(self, value, Arguments(), ast.Call(value.node, [], []), state.fork())
        value = made.target if isinstance(made, Pending) else made
    if not isinstance(value, LibraryMethod) or value.name not in _CLOSING:
        return
    resource = _resource(value.receiver, state)
    if resource is not None:
        self.context.publish(
            CoroutineLost(
                span=self.span(node),
                symbol=self.symbol,
                resource=resource,
                method=value.name,
                how=f"registered with {hook}",
            )
        )
