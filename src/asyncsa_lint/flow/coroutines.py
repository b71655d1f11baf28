"""Coroutines of database objects that nobody awaits, and the reverse (TRUTH D)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.findings import Edit, Fix, Span
from asyncsa_lint.flow.events import CoroutineLost, Mismatch, ProtocolMismatch, Resource
from asyncsa_lint.flow.objects import Engine, Session
from asyncsa_lint.flow.state import State
from asyncsa_lint.flow.values import LibraryMethod, Pending, ResultValue, Value

if TYPE_CHECKING:
    from asyncsa_lint.flow.interpreter import Interpreter


def resource_of(value: Value, state: State) -> Resource | None:
    """Which async database object a pending library call belongs to."""
    if not isinstance(value, Pending) or not isinstance(value.target, LibraryMethod):
        return None
    record = state.object_of(value.target.receiver)
    if isinstance(record, Session):
        return Resource.CONNECTION if record.kind == "connection" else Resource.SESSION
    if isinstance(record, Engine):
        return Resource.POOL if record.constructor.startswith("asyncpg") else Resource.ENGINE
    return None


def dropped(self: Interpreter, node: ast.expr, value: Value, state: State) -> None:
    """An expression statement whose value is a coroutine that never runs."""
    if isinstance(value, Pending) and value.kind in {"coroutine", "transaction"}:
        lost(self, node, value, "dropped", state)


def lost(self: Interpreter, node: ast.AST, value: Value, how: str, state: State) -> None:
    """Publish that the coroutine `value` is not awaited; silent for other values."""
    resource = resource_of(value, state)
    if resource is None or not isinstance(value, Pending) or not isinstance(value.target, LibraryMethod):
        return
    if value.kind != "coroutine" and how != "dropped":
        return
    span = self.context.span_of(value.module, value.node)
    in_async = self.function is not None and self.function.facts.is_async
    fix = (
        Fix("add `await`", safe=True, edits=(_insert(span, "await "),))
        if in_async and how == "dropped"
        else None
    )
    self.context.publish(
        CoroutineLost(
            span=span, symbol=self.symbol, resource=resource, method=value.target.name, how=how, fix=fix
        )
    )


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
    self: Interpreter, statement: ast.For | ast.AsyncFor, iterable: Value, state: State
) -> None:
    """`for` over an AsyncResult, `async for` over a buffered Result or a coroutine."""
    node = statement.iter
    text = self.source.segment(node)
    if isinstance(statement, ast.For):
        if isinstance(iterable, ResultValue) and iterable.is_async:
            mismatch(self, node, Mismatch.PLAIN_FOR, "AsyncResult", text)
        lost(self, node, iterable, "iterated", state)
    elif isinstance(iterable, ResultValue) and not iterable.is_async:
        mismatch(self, node, Mismatch.ASYNC_FOR_ON_SYNC, "Result", text)
    elif (
        resource_of(iterable, state) is not None
        and isinstance(iterable, Pending)
        and iterable.kind == "coroutine"
    ):
        mismatch(self, node, Mismatch.ASYNC_FOR_ON_SYNC, "coroutine", text)


def registered(self: Interpreter, value: Value, node: ast.AST, state: State, hook: str) -> None:
    """A coroutine method handed to a hook that calls it and drops what it gets (TRUTH C)."""
    if not isinstance(value, LibraryMethod) or value.name not in {"dispose", "close", "aclose"}:
        return
    record = state.object_of(value.receiver)
    if isinstance(record, Session) and record.is_async:
        resource = Resource.CONNECTION if record.kind == "connection" else Resource.SESSION
    elif isinstance(record, Engine) and record.is_async:
        resource = Resource.POOL if record.constructor.startswith("asyncpg") else Resource.ENGINE
    else:
        return
    self.context.publish(
        CoroutineLost(
            span=self.span(node),
            symbol=self.symbol,
            resource=resource,
            method=value.name,
            how=f"registered with {hook}",
        )
    )
