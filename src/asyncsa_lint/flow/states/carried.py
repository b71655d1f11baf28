"""What a value carries along wherever it goes: above all sessions.

A session travels as itself, as the receiver of a bound method, in a partial, a closure,
a container, or in an attribute of an object of the project. An instance or a result does
not carry its session: buffered rows and loaded columns are readable without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import DictObject, ListObject, ProjectObject, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    BoundMethod,
    FunctionValue,
    LambdaValue,
    LibraryMethod,
    ObjectId,
    Partial,
    Pending,
    Ref,
    TupleValue,
    Value,
)

MAX_DEPTH = 4


def parts(value: Value, state: State) -> list[Value]:
    """What the value carries along, one level down; attributes of objects are not among it."""
    if isinstance(value, Partial):
        return [value.target, *value.arguments, *(v for _, v in value.keywords)]
    if isinstance(value, BoundMethod | LibraryMethod):
        return [value.receiver]
    if isinstance(value, FunctionValue | LambdaValue):
        return [v for _, v in value.captured]
    if isinstance(value, TupleValue):
        return list(value.items)
    if isinstance(value, Pending):
        return [value.target, *value.arguments.values()]
    record = state.object_of(value)
    if isinstance(record, ListObject):
        return [*(record.items or ()), *([record.element] if record.element is not None else [])]
    if isinstance(record, DictObject):
        return [*record.items.values(), *([record.element] if record.element is not None else [])]
    return []


def sessions_held(value: Value, state: State, *, objects: bool = True, depth: int = 0) -> Iterator[ObjectId]:
    """Sessions that go where the value goes; `objects` looks into attributes of project objects, too.

    A registry is none: it gives each scope a session of its own.
    """
    if depth > MAX_DEPTH:
        return
    record = state.object_of(value)
    if isinstance(record, Session) and record.kind != "scoped" and isinstance(value, Ref):
        yield value.id
    inner = parts(value, state)
    if objects and isinstance(record, ProjectObject) and isinstance(value, Ref):
        state.touch(value.id, "**")
        inner = [record.attributes[name] for name in sorted(record.attributes)]
    for item in inner:
        yield from sessions_held(item, state, objects=objects, depth=depth + 1)


def given_away(values: Iterable[Value], state: State) -> None:
    """Code out of sight gets these values: it may close the sessions among them, or keep them."""
    for value in values:
        for ident in list(sessions_held(value, state)):
            session = state.get(ident)
            if isinstance(session, Session) and session.origin == "local" and not session.escaped:
                state.put(ident, replace(session, escaped=True))
