"""Values that take a session along into work after the response, or out of the block that opened it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.flow.events import HandedToBackground
from asyncsa_lint.flow.states.carried import MAX_DEPTH, parts, sessions_held
from asyncsa_lint.flow.states.objects import Instance, ProjectObject, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    Arguments,
    BoundMethod,
    Ref,
    Value,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

EXIT_BEFORE_RESPONSE = ((0, 106), (0, 118))
"""Versions of FastAPI, the last one excluded, that end a dependency before the response is sent (TRUTH E)."""


def hand_to_background(
    self: Interpreter, spawner: str, target: Value, arguments: Arguments, node: ast.AST, state: State
) -> None:
    """Work that starts after the response: no session, no mapped instance of the request may go along."""
    burdens = (_burden(self, value, state) for value in [target, *arguments.values()])
    what = next((found for found in burdens if found), "")
    span = self.span(node)
    if what and not any(isinstance(e, HandedToBackground) and e.span == span for e in self.context.events):
        self.context.publish(HandedToBackground(span=span, symbol=self.symbol, spawner=spawner, what=what))


def streamed(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`StreamingResponse(body())`: is the session of a dependency that ends before the body runs in it?"""
    content = arguments.get(0, "content")
    if content is None:
        return UNKNOWN
    first, last = EXIT_BEFORE_RESPONSE
    early = first <= self.context.versions.fastapi < last
    ended = self.request.ended_early if self.request is not None else frozenset()
    for ident in sessions_held(content, state):
        session = state.get(ident)
        if isinstance(session, Session) and not _given_away(self, session) and (early or ident in ended):
            spawner = "StreamingResponse"
            self.context.publish(
                HandedToBackground(span=self.span(node), symbol=self.symbol, spawner=spawner, what="session")
            )
            break
    return UNKNOWN


def _burden(self: Interpreter, value: Value, state: State, depth: int = 0) -> str:
    """What of a request the value would take along; empty for plain data and factories."""
    if depth > MAX_DEPTH:
        return ""
    record = state.object_of(value)
    if isinstance(record, Session):
        return "" if _given_away(self, record) else "session"
    if isinstance(record, Instance):
        return f"instance of {record.model.name}"
    if isinstance(value, BoundMethod) and isinstance(state.object_of(value.receiver), ProjectObject):
        return _holder(self, value.receiver, state, names_read(self, value))
    if isinstance(record, ProjectObject):
        return _holder(self, value, state, None)
    return next(
        (found for item in parts(value, state) if (found := _burden(self, item, state, depth + 1))), ""
    )


def _holder(self: Interpreter, value: Value, state: State, names: frozenset[str] | None) -> str:
    """The object keeps a session in one of its attributes (one of `names`, when given)."""
    record = state.object_of(value)
    assert isinstance(record, ProjectObject)
    assert isinstance(value, Ref)
    state.touch(value.id, "**")
    for name in sorted(record.attributes):
        if names is not None and name not in names:
            continue
        for ident in sessions_held(record.attributes[name], state):
            session = state.get(ident)
            if isinstance(session, Session) and not _given_away(self, session):
                return "object holding a session"
    return ""


def names_read(self: Interpreter, method: BoundMethod) -> frozenset[str]:
    """Attribute names in the method's body and in those methods of its own object that it mentions."""
    cls = self.context.owner_class(method.function)
    names: set[str] = set()
    waiting, done = [method.function], {method.function}
    for function in waiting:
        node = self.context.project.node(function)
        if node is None:
            continue
        for item in walk(node):
            if not isinstance(item, ast.Attribute):
                continue
            names.add(item.attr)
            called = None if cls is None else self.context.project.method(cls, item.attr)
            if called is not None and called not in done:
                done.add(called)
                waiting.append(called)
    return frozenset(names)


def _given_away(self: Interpreter, session: Session) -> bool:
    """A synchronous session, or one opened here for the work itself: that one is its own to close."""
    if not session.is_async:
        return session.origin not in {"parameter", "dependency"}
    return not session.managed and session.origin == "local" and opened_here(self, session)


def opened_here(self: Interpreter, session: Session) -> bool:
    """The constructor call stands in the function being interpreted."""
    node = None if self.function is None else self.context.project.node(self.function)
    if node is None or session.created_at is None or session.created_at.path != self.source.path:
        return False
    return node.lineno <= session.created_at.line <= (node.end_lineno or node.lineno)
