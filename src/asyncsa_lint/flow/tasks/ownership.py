"""Who closes a session: nobody in sight, or a block that ended before the session was used.

    session = factory()                      # opened here: this function has to close it
    rows = await session.execute(query)      # a connection is out
    return rows.all()                        # the path ends with it: never closed

A session is somebody else's when it is returned, yielded, stored, or given to code out of
sight. A path counts only when it ends by a `return`, by the end of the body or by a `raise`
in the program, with a connection still out: after a commit or rollback it has gone back to
the pool (TRUTH C).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.events import Resource, SessionUnmanaged
from asyncsa_lint.flow.states.carried import sessions_held
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import DictObject, ListObject, ProjectObject, Session
from asyncsa_lint.flow.states.paths import GiveUp, Idle
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    NONE,
    SOME,
    Arguments,
    ClassValue,
    ObjectId,
    Ref,
    TupleValue,
    Value,
)
from asyncsa_lint.flow.tasks.concurrency import publish_closed
from asyncsa_lint.flow.tasks.handover import opened_here

if TYPE_CHECKING:
    from asyncsa_lint.flow.context import AnalysisContext
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo, ModuleInfo


def check_ends(self: Interpreter, given: frozenset[ObjectId], ended: list[State]) -> None:
    """Judge every path on which a root function ends."""
    if self.function is None or self.function.facts.is_generator:
        return
    returned = [*((NONE, state) for state in ended), *self.sink.returns]
    raised = [(NONE, each.state) for each in self.sink.raises if not (each.implicit or each.passed)]
    for value, state in [*returned, *raised]:
        _never_closed(self, given, value, state)


def _never_closed(self: Interpreter, given: frozenset[ObjectId], value: Value, state: State) -> None:
    kept: set[ObjectId] | None = None
    for ident, session in list(state.heap.items()):
        if not isinstance(session, Session) or ident in given or not _left_open(session):
            continue
        if not opened_here(self, session):
            continue
        if kept is None:
            kept = _kept(given, value, state)
        if ident not in kept:
            _publish(self, session)


def _left_open(session: Session) -> bool:
    """A connection is out and nothing in sight gives it back."""
    return (
        session.is_async
        and session.origin == "local"
        and session.of is None
        and session.kind != "scoped"
        and not (session.is_closed or session.managed or session.escaped)
        and session.closed_at is None
        and (session.in_transaction is True or session.kind == "connection")
    )


def _kept(given: frozenset[ObjectId], value: Value, state: State) -> set[ObjectId]:
    """Sessions that outlive the function, or that a container keeps for a loop that may close them."""
    holders: list[Value] = [value]
    holders.extend(Ref(ident) for ident in state.heap if ident in given or isinstance(ident, tuple))
    for local in state.env.values():
        if isinstance(local, TupleValue) or isinstance(state.object_of(local), ListObject | DictObject):
            holders.append(local)
    return {ident for holder in holders for ident in sessions_held(holder, state)}


def _publish(self: Interpreter, session: Session) -> None:
    if session.created_at is None:
        return
    self.context.publish(
        SessionUnmanaged(
            span=session.created_at,
            symbol=self.symbol,
            resource=Resource.CONNECTION if session.kind == "connection" else Resource.SESSION,
            used_after_close=False,
        )
    )


def check_returned(self: Interpreter) -> None:
    """A session leaves by `return` the block that has closed it: reported here, not where it is used."""
    for value, state in self.sink.returns:
        for ident in dict.fromkeys(sessions_held(value, state)):
            session = state.get(ident)
            if (
                isinstance(session, Session)
                and session.is_closed
                and session.is_async
                and ident not in self.inputs
                and state.returned is not None
            ):
                if self.function is None or not self.context.lifecycle.is_dependency(self.function):
                    publish_closed(self, session, self.span(state.returned))
                state.put(ident, replace(session, is_closed=False))


def check_units(context: AnalysisContext, module: ModuleInfo) -> None:
    """Classes that open a session on entering and do not close it on leaving."""
    for cls in context.project.classes(module):
        enter = context.own_method(cls, "__aenter__")
        leave = context.project.method(cls, "__aexit__")
        if enter is None or leave is None:
            continue
        context.bounds.begin()
        try:
            _check_unit(context, cls, enter, leave)
        except Idle:
            continue
        except GiveUp as reason:
            context.gave_up(reason.reason)
        except RecursionError:
            context.gave_up("nesting")


def _check_unit(context: AnalysisContext, cls: ClassInfo, enter: FunctionInfo, leave: FunctionInfo) -> None:
    from asyncsa_lint.flow.evaluation.annotations import object_of_class
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

    activation = Interpreter(context, cls.module, enter, cls=cls)
    start = State(context.shared)
    made = object_of_class(activation, ClassValue(cls), start)
    if not isinstance(made, Ref):
        return
    complete = _runs(activation, enter, Arguments((made,)), start)
    for state in complete:
        record = state.get(made.id)
        if not isinstance(record, ProjectObject):
            continue
        for ident in dict.fromkeys(sessions_held(made, state)):
            session = state.get(ident)
            if isinstance(session, Session) and _opened_by(context, cls, session):
                used = state.fork()
                used.put(ident, replace(session, in_transaction=True))
                _leave(activation, leave, made, ident, used)


def _leave(activation: Interpreter, leave: FunctionInfo, made: Ref, ident: ObjectId, state: State) -> None:
    for error in (NONE, SOME):
        ends = _runs(activation, leave, Arguments((made, error, error, error)), state.fork())
        sessions = [session for after in ends if isinstance(session := after.get(ident), Session)]
        if sessions and all(map(_left_open, sessions)):
            _publish(activation, sessions[0])
            return


def _runs(activation: Interpreter, function: FunctionInfo, arguments: Arguments, state: State) -> list[State]:
    """States after the method; none when it could not be followed to its end."""
    from asyncsa_lint.flow.calling.calls import call_function
    from asyncsa_lint.flow.calling.summarising import prepare

    node = activation.context.project.node(function) or ast.Pass()
    prepared = prepare(activation, function, arguments, node, state)
    if prepared is None or not prepared[0].complete:
        return []

    def action(current: State) -> None:
        call_function(activation, function, arguments, node, current)

    return activation.run(state, action)


def _opened_by(context: AnalysisContext, cls: ClassInfo, session: Session) -> bool:
    """The constructor call stands in the class."""
    node = context.project.class_node(cls)
    at = session.created_at
    if node is None or at is None or at.path != cls.module.path:
        return False
    return node.lineno <= at.line <= (node.end_lineno or node.lineno)
