"""Sessions and tasks: who uses which session while somebody else may (TRUTH B).

A session is used by what awaits its I/O methods. A task's uses are those of its
coroutine, with the locks held meanwhile; two arms of a `gather`, two live tasks, or a
live task and its parent that use one session are a bug on the first cold pool. Uses
under one common lock, one arm only, or tasks awaited before the next use are fine.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.findings import Related, Span
from asyncsa_lint.flow.evaluation import containers
from asyncsa_lint.flow.events import Resource, SessionShared, SessionUnmanaged
from asyncsa_lint.flow.states.carried import parts, sessions_held
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import ListObject, ProjectObject, Session, Task
from asyncsa_lint.flow.states.paths import PathEnds
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
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
    Use,
    Value,
)
from asyncsa_lint.flow.tasks.blocking import elsewhere
from asyncsa_lint.flow.tasks.handover import names_read, opened_here

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

NO_LOCKS: frozenset[ObjectId] = frozenset()


def note_use(
    self: Interpreter, ident: ObjectId, node: ast.AST, state: State, locks: frozenset[ObjectId] = NO_LOCKS
) -> None:
    """The session's connection is used here: by two at once, or after the session was closed?"""
    session = state.get(ident)
    while isinstance(session, Session) and session.of is not None:
        ident = session.of
        session = state.get(ident)
    if not isinstance(session, Session) or not session.is_async or session.kind == "scoped":
        return
    if session.is_closed and ident not in self.inputs and not session.managed and session.created_at:
        _used_after_close(self, ident, session, node, state)
    use = (ident, state.locks | locks)
    state.uses |= {use}
    for task_id in state.tasks:
        task = state.get(task_id)
        if (
            isinstance(task, Task)
            and task.created_at is not None
            and task_id not in self.inputs
            and overlap(task.uses, use)
        ):
            used = "the session is used here while the task may be running"
            trail = (Related(self.span(node), used, after=True),)
            share(self, ident, task.created_at, task.spawner, task.carrier, state, trail)
            state.put(task_id, replace(task, uses=without(task.uses, ident)))


def overlap(uses: frozenset[Use], use: Use) -> bool:
    """Somebody with these uses can meet `use`: the same session under no common lock."""
    return any(ident == use[0] and not (locks & use[1]) for ident, locks in uses)


def without(uses: frozenset[Use], ident: ObjectId) -> frozenset[Use]:
    return frozenset(use for use in uses if use[0] != ident)


def _used_after_close(
    self: Interpreter, ident: ObjectId, session: Session, node: ast.AST, state: State
) -> None:
    publish_closed(self, session, self.span(node))
    state.put(ident, replace(session, is_closed=False))


def publish_closed(self: Interpreter, session: Session, span: Span) -> None:
    """Publish that the session is used, or handed out for use, after it was closed."""
    trail = () if session.closed_at is None else (Related(session.closed_at, "closed here"),)
    self.context.publish(
        SessionUnmanaged(
            span=span,
            symbol=self.symbol,
            trail=trail,
            resource=Resource.CONNECTION if session.kind == "connection" else Resource.SESSION,
            used_after_close=True,
            closed_at=session.closed_at,
        )
    )


def share(
    self: Interpreter,
    ident: ObjectId,
    span: Span,
    spawner: str,
    carrier: str,
    state: State,
    trail: tuple[Related, ...] = (),
) -> None:
    """Publish that two tasks can use the session at once; one event for one place."""
    session = state.get(ident)
    if not isinstance(session, Session) or any(
        isinstance(event, SessionShared) and event.span == span for event in self.context.events
    ):
        return
    if session.created_at is not None and opened_here(self, session):
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


def uses_of(self: Interpreter, value: Value, node: ast.AST, state: State) -> tuple[frozenset[Use], Value]:
    """Run a coroutine as a task would, and tell which of the sessions that exist now it uses."""
    if isinstance(value, Ref) and isinstance(task := state.get(value.id), Task):
        return task.uses, task.result
    if not isinstance(value, Pending):
        return frozenset(), UNKNOWN
    from asyncsa_lint.flow.calling.calls import settle

    saved, saved_tasks, saved_locks = state.uses, state.tasks, state.locks
    state.uses, state.tasks, state.locks = frozenset(), (), NO_LOCKS
    existing = state.next_id

    def is_older(ident: ObjectId) -> bool:
        return isinstance(ident, tuple) or ident < existing

    try:
        result, after = settle(self, value, node, state), state
    except PathEnds as end:
        # The task fails after these uses; those that run beside it do not know.
        result, after = UNKNOWN, end.state
    used = frozenset(
        (ident, frozenset(lock for lock in locks if is_older(lock)))
        for ident, locks in after.uses
        if is_older(ident)
    )
    state.uses = saved | used
    state.tasks, state.locks = (*saved_tasks, *state.tasks), saved_locks
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


def gather(self: Interpreter, spawner: str, arms: list[Value], node: ast.AST, state: State) -> Ref:
    """Arms that run at once, as one task that ends with the last of them."""
    results: list[Value] = []
    uses: frozenset[Use] = frozenset()
    span = self.span(node)
    many = False
    for arm in arms:
        finish(arm, state)
    beside = [task for ident in state.tasks if isinstance(task := state.get(ident), Task)]
    users: dict[ObjectId, tuple[Related, ...]] = {}
    for arm in arms:
        replicated = isinstance(arm, Pending) and arm.replicated
        many = many or replicated
        carrier = carrier_of(arm, state)
        used, result = uses_of(self, arm, node, state)
        results.append(result)
        for use in sorted(used, key=str):
            if (
                overlap(uses, use)
                or (replicated and not use[1])
                or any(overlap(others.uses, use) for others in beside)
            ):
                first = users.get(use[0]) or _running(beside, use)
                share(self, use[0], span, spawner, carrier, state, (*first, *_user(self, arm)))
                used = without(used, use[0])
                uses = without(uses, use[0])
            users[use[0]] = _user(self, arm)
        uses |= used
    same = bool(results) and all(result == results[0] for result in results)
    result = (
        containers.new_list(None, state, element=results[0] if same else UNKNOWN)
        if many
        else TupleValue(tuple(results))
    )
    made = state.new(Task(uses=uses, result=result, spawner=spawner, created_at=span))
    state.tasks = (*state.tasks, made.id)
    return made


def _user(self: Interpreter, arm: Value) -> tuple[Related, ...]:
    """The step that says which coroutine uses the session, and in how many tasks."""
    if not isinstance(arm, Pending):
        return ()
    source = self.context.project.places(arm.module.path)
    target = arm.target
    name = target.function.symbol if isinstance(target, FunctionValue) else getattr(target, "name", "")
    if source is None or not name:
        return ()
    tasks = "in each of several tasks" if arm.replicated else "in a task"
    return (Related(source.span(arm.node), f"`{name}` uses the session {tasks}"),)


def _running(tasks: list[Task], use: Use, here: Span | None = None) -> tuple[Related, ...]:
    """The step to a task that was started before and uses the session, too."""
    spans = [task.created_at for task in tasks if overlap(task.uses, use) and task.created_at is not None]
    if not spans or spans[0] == here:
        return ()
    return (Related(spans[0], "a task that was started here uses the session and may be running"),)


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
    twice = isinstance(value, Pending) and value.replicated
    for use in sorted(used, key=str):
        if (twice and not use[1]) or any(isinstance(task, Task) and overlap(task.uses, use) for task in live):
            tasks = [task for task in live if isinstance(task, Task)]
            share(
                self,
                use[0],
                span,
                spawner,
                carrier,
                state,
                (*_running(tasks, use, span), *_user(self, value)),
            )
            used = without(used, use[0])
    made = state.new(
        Task(uses=used, result=result, spawner=spawner, group=group, created_at=span, carrier=carrier)
    )
    state.tasks = (*state.tasks, made.id)
    return made


def finish(value: Value, state: State) -> None:
    """The task has been awaited: nothing of it, nor of others made at its place, runs any more."""
    record = state.object_of(value)
    if isinstance(value, Ref) and isinstance(record, Task):
        state.tasks = tuple(i for i in state.tasks if i != value.id and not _made_at(i, record, state))
    elif isinstance(value, TupleValue) or isinstance(record, ListObject):
        for item in parts(value, state):
            finish(item, state)


def _made_at(ident: ObjectId, task: Task, state: State) -> bool:
    other = state.get(ident)
    return isinstance(other, Task) and task.created_at is not None and other.created_at == task.created_at


def finish_all(state: State) -> None:
    """Something unknown was awaited that may have been any of the tasks."""
    state.tasks = ()


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
    """A session used from another thread has no greenlet there (TRUTH A0).

    Of something that is not known it is not known either whether it uses the session.
    """
    if _called(self, target, state) is UNKNOWN:
        return UNKNOWN
    for value in [target, *arguments.values()]:
        for ident in [*sessions_held(value, state, objects=False), *_through_method(self, value, state)]:
            session = state.get(ident)
            if isinstance(session, Session) and session.is_async:
                share(self, ident, self.span(node), spawner, "argument", state)
                return UNKNOWN
    if isinstance(target, FunctionValue | LambdaValue | BoundMethod) and isinstance(node, ast.Call):
        # Attributes that the function reads need a greenlet there as well.
        from asyncsa_lint.flow.calling.calls import call

        with elsewhere(self):
            call(self, target, arguments, node, state)
    return UNKNOWN


def _called(self: Interpreter, target: Value, state: State) -> Value:
    """What the thread calls in the end: through partials, and through lambdas that only call."""
    while isinstance(target, Partial):
        target = target.target
    if (
        not isinstance(target, LambdaValue)
        or not isinstance(target.node.body, ast.Call)
        or target.module is not self.module
    ):
        return target
    there = state.fork()
    there.replace_env({**there.env, **dict(target.captured)})
    with elsewhere(self), self.context.trying():  # only looked at: nothing of it happens here
        return self.eval(target.node.body.func, there)


def _through_method(self: Interpreter, value: Value, state: State) -> list[ObjectId]:
    """Sessions in attributes that a method reads of its own object."""
    record = state.object_of(value.receiver) if isinstance(value, BoundMethod) else None
    if not isinstance(value, BoundMethod) or not isinstance(record, ProjectObject):
        return []
    names = names_read(self, value)
    return [
        ident
        for name in sorted(names)
        if name in record.attributes
        for ident in sessions_held(record.attributes[name], state)
    ]


def task_sessions(state: State) -> list[tuple[ObjectId, Task, ObjectId]]:
    """Tasks that may still run at this point, with the sessions they use."""
    found: list[tuple[ObjectId, Task, ObjectId]] = []
    for ident in state.tasks:
        task = state.get(ident)
        if isinstance(task, Task):
            found.extend((ident, task, session) for session in sorted({u[0] for u in task.uses}, key=str))
    return found
