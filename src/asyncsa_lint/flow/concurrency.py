"""Sessions and tasks: who uses which session while somebody else may (TRUTH B).

A session is used by what awaits its I/O methods. A task's uses are those of its
coroutine; two arms of a `gather`, two live tasks, or a live task and its parent that
use one session are a bug on the first cold pool. A lock around the whole use, one arm
only, or tasks awaited before the next use are fine.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from asyncsa_lint.findings import Related, Span
from asyncsa_lint.flow.events import HandedToBackground, Resource, SessionShared, SessionUnmanaged
from asyncsa_lint.flow.objects import HeapObject, Instance, ListObject, ProjectObject, Session, Task
from asyncsa_lint.flow.state import State, canonical
from asyncsa_lint.flow.values import (
    UNKNOWN,
    Arguments,
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

if TYPE_CHECKING:
    from asyncsa_lint.flow.interpreter import Interpreter


def note_use(self: Interpreter, ident: ObjectId, node: ast.AST, state: State) -> None:
    """The session's connection is used here: by two at once, or after the session was closed?"""
    session = state.get(ident)
    if not isinstance(session, Session):
        return
    if session.is_closed and ident not in self.inputs and session.is_async:
        _used_after_close(self, ident, session, node, state)
    if not session.is_async or state.locks:
        return
    state.uses |= {ident}
    for task_id in state.tasks:
        task = state.get(task_id)
        if (
            isinstance(task, Task)
            and ident in task.uses
            and task.created_at is not None
            and task_id not in self.inputs
        ):
            share(
                self,
                session,
                task.created_at,
                task.spawner,
                task.carrier,
                (Related(self.span(node), "the session is used here while the task may be running"),),
            )
            state.put(task_id, replace(task, uses=task.uses - {ident}))


def _used_after_close(
    self: Interpreter, ident: ObjectId, session: Session, node: ast.AST, state: State
) -> None:
    resource = Resource.CONNECTION if session.kind == "connection" else Resource.SESSION
    trail = () if session.closed_at is None else (Related(session.closed_at, "closed here"),)
    self.context.publish(
        SessionUnmanaged(
            span=self.span(node),
            symbol=self.symbol,
            trail=trail,
            resource=resource,
            used_after_close=True,
            closed_at=session.closed_at,
        )
    )
    state.put(ident, replace(session, is_closed=False))


def share(
    self: Interpreter, session: Session, span: Span, spawner: str, carrier: str, trail: tuple[Related, ...]
) -> None:
    """Publish that two tasks can use the session at once."""

    if session.created_at is not None:
        trail = (Related(session.created_at, "the session is opened here"), *trail)
    self.context.publish(
        SessionShared(
            span=span,
            symbol=self.symbol,
            trail=trail,
            resource=Resource.CONNECTION if session.kind == "connection" else Resource.SESSION,
            spawner=spawner,
            carrier=carrier,
        )
    )


def uses_of(
    self: Interpreter, value: Value, node: ast.AST, state: State
) -> tuple[frozenset[ObjectId], Value]:
    """Run a coroutine as a task would, and tell which of the sessions that exist now it uses."""
    if isinstance(value, Ref) and isinstance(task := state.get(value.id), Task):
        return task.uses, task.result
    if not isinstance(value, Pending):
        return frozenset(), UNKNOWN
    from asyncsa_lint.flow.calls import settle

    saved, saved_tasks = state.uses, state.tasks
    state.uses, state.tasks = frozenset(), ()
    existing = state.next_id
    result = settle(self, value, node, state)
    used = frozenset(i for i in state.uses if isinstance(i, tuple) or i < existing)
    state.uses = saved | used
    state.tasks = (*saved_tasks, *state.tasks)
    return used, result


def carrier_of(value: Value, state: State) -> str:
    """How the session gets into the task, in words."""
    if not isinstance(value, Pending):
        return "argument"
    if any(isinstance(state.object_of(v), Session) for v in value.arguments.values()):
        return "argument"
    if isinstance(value.target, FunctionValue) and value.target.captured:
        return "closure"
    if isinstance(value.target, LibraryMethod):
        return "bound method"
    for argument in value.arguments.values():
        record = state.object_of(argument)
        if isinstance(record, ProjectObject):
            return f"an object of `{record.cls.facts.name}`"
    return "closure"


def gather(self: Interpreter, spawner: str, arms: list[Value], node: ast.AST, state: State) -> list[Value]:
    """Arms that run at once; their results."""
    results: list[Value] = []
    seen: dict[ObjectId, int] = {}
    reported: set[ObjectId] = set()
    span = self.span(node)
    for arm in arms:
        replicated = isinstance(arm, Pending) and arm.replicated
        carrier = carrier_of(arm, state)
        if isinstance(arm, Ref):
            finish(arm, state)
        used, result = uses_of(self, arm, node, state)
        results.append(result)
        for ident in sorted(used, key=str):
            seen[ident] = seen.get(ident, 0) + (2 if replicated else 1)
            session = state.get(ident)
            if (
                seen[ident] > 1
                and ident not in reported
                and isinstance(session, Session)
                and session.is_async
            ):
                reported.add(ident)
                share(self, session, span, spawner, carrier, ())
    return results


def spawn(
    self: Interpreter,
    spawner: str,
    value: Value,
    node: ast.AST,
    state: State,
    group: ObjectId | None = None,
) -> Value:
    """A task starts: it may run until it is awaited, or until its group ends."""
    carrier = carrier_of(value, state)
    live = [state.get(i) for i in state.tasks]
    used, result = uses_of(self, value, node, state)
    span = self.span(node)
    for ident in sorted(used, key=str):
        session = state.get(ident)
        if not isinstance(session, Session) or not session.is_async:
            continue
        twice = isinstance(value, Pending) and value.replicated
        if twice or any(isinstance(task, Task) and ident in task.uses for task in live):
            share(self, session, span, spawner, carrier, ())
            used -= {ident}
    made = state.new(
        Task(uses=used, result=result, spawner=spawner, group=group, created_at=span, carrier=carrier)
    )
    state.tasks = (*state.tasks, made.id)
    return made


def finish(value: Value, state: State) -> None:
    """The task has been awaited: nothing of it runs any more."""
    if isinstance(value, Ref):
        state.tasks = tuple(task for task in state.tasks if task != value.id)
    elif isinstance(value, TupleValue):
        for item in value.items:
            finish(item, state)
    record = state.object_of(value)
    if isinstance(record, ListObject):
        for item in [*(record.items or ()), *([record.element] if record.element is not None else [])]:
            finish(item, state)


def finish_group(group: ObjectId, state: State) -> None:
    """A task group ends: it has awaited all its tasks."""
    kept = []
    for ident in state.tasks:
        task = state.get(ident)
        if not (isinstance(task, Task) and task.group == group):
            kept.append(ident)
    state.tasks = tuple(kept)


def to_thread(
    self: Interpreter, spawner: str, target: Value, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """A session used from another thread has no greenlet there (TRUTH A0)."""
    holder = [target, *arguments.values()]
    for ident in sessions_in(holder, state):
        session = state.get(ident)
        if isinstance(session, Session) and session.is_async:
            share(self, session, self.span(node), spawner, "argument", ())
            break
    return UNKNOWN


def sessions_in(values: list[Value], state: State) -> list[ObjectId]:
    """Async sessions reachable from the values."""
    found = canonical(values, state)
    if found is None:
        return []
    shared = [v.id for v in values if isinstance(v, Ref) and isinstance(v.id, tuple)]
    return [
        i for i in [*found[1], *shared] if isinstance(record := state.get(i), Session) and record.is_async
    ]


def hand_to_background(
    self: Interpreter, spawner: str, target: Value, arguments: Arguments, node: ast.AST, state: State
) -> None:
    """Work that starts after the response: no session, no mapped instance of the request may go along."""
    for value in [target, *arguments.values()]:
        what = burden(self, value, state)
        if what:
            self.context.publish(
                HandedToBackground(span=self.span(node), symbol=self.symbol, spawner=spawner, what=what)
            )
            return


def burden(self: Interpreter, value: Value, state: State, depth: int = 0) -> str:
    """What of a request the value would take along; empty for plain data and factories."""
    if depth > 3:
        return ""
    if isinstance(value, Ref):
        return _burden_of_record(self, value, state.get(value.id), state, depth)
    inner: list[Value] = []
    if isinstance(value, Partial):
        inner = [value.target, *value.arguments, *(v for _, v in value.keywords)]
    elif isinstance(value, BoundMethod | LibraryMethod):
        inner = [value.receiver]
    elif isinstance(value, FunctionValue | LambdaValue):
        inner = [v for _, v in value.captured]
    elif isinstance(value, TupleValue):
        inner = list(value.items)
    elif isinstance(value, Pending):
        inner = [value.target, *value.arguments.values()]
    return next((found for item in inner if (found := burden(self, item, state, depth + 1))), "")


def _burden_of_record(
    self: Interpreter, value: Ref, record: HeapObject | None, state: State, depth: int
) -> str:
    if isinstance(record, Session):
        return "session" if record.is_async or record.origin in {"parameter", "dependency"} else ""
    if isinstance(record, Instance):
        return f"instance of {record.model.name}"
    if isinstance(record, ProjectObject):
        for name in sorted(record.attributes):
            if burden(self, record.attributes[name], state, depth + 1) == "session":
                return "object holding a session"
    if isinstance(record, ListObject):
        items = [*(record.items or ()), *([record.element] if record.element is not None else [])]
        return next((found for item in items if (found := burden(self, item, state, depth + 1))), "")
    return ""


def task_sessions(state: State) -> list[tuple[Task, ObjectId]]:
    """Sessions that tasks still use at this point."""
    found: list[tuple[Task, ObjectId]] = []
    for ident in state.tasks:
        task = state.get(ident)
        if isinstance(task, Task):
            found.extend((task, session) for session in sorted(task.uses, key=str))
    return found
