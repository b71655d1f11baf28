"""Loops and iteration: zero, one and two turns, with fresh objects per turn.

A collection keeps one representative element. Each turn gets its own copy, so that
what is done to this turn's object (a refresh) does not repair the next one's, while
what happens to the session (a commit) reaches them all. After the loop the first
turn's object, which has lived through everything, becomes the representative.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.flow.calling.matching import TRANSACTION
from asyncsa_lint.flow.evaluation import conditions, containers
from asyncsa_lint.flow.evaluation.assignment import assign
from asyncsa_lint.flow.orm.attribute_names import chosen
from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.orm.served import tied_anew
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.equivalence import plain
from asyncsa_lint.flow.states.objects import DictObject, HeapObject, Instance, ListObject, Session
from asyncsa_lint.flow.states.paths import Sink, bounded, merge
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    AttributeNames,
    Const,
    ObjectId,
    Pending,
    Ref,
    ResultValue,
    TupleValue,
    Value,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

MAX_KNOWN_ITEMS = 4
"""Longer literal collections are walked like unknown ones."""


@dataclass(slots=True)
class Elements:
    """What iterating a value gives."""

    items: tuple[Value, ...] | None = None
    element: Value = UNKNOWN
    may_be_empty: bool = False
    """The value is a collection, and having no elements is an ordinary case of it."""


def elements_of(self: Interpreter, value: Value, node: ast.expr, state: State) -> Elements:
    """Elements of an iterable; taking them from a result or a generator runs it."""
    if isinstance(value, TupleValue):
        return _of_items(value.items)
    if isinstance(value, Const) and isinstance(value.value, tuple):
        return _of_items(tuple(Const(item) for item in value.value))
    if isinstance(value, ResultValue):
        from asyncsa_lint.flow.orm.results import row_value

        return Elements(element=row_value(self, value, state, "iteration", node), may_be_empty=True)
    if isinstance(value, Pending):
        from asyncsa_lint.flow.calling.calls import generated

        return Elements(element=generated(self, value, state, node), may_be_empty=True)
    if isinstance(value, AttributeNames) and value.step == "all":
        return Elements(element=replace(value, step="each"))
    record = state.object_of(value)
    if isinstance(record, ListObject):
        if record.items is not None:
            return _of_items(record.items)
        element = record.element if record.element is not None else UNKNOWN
        return Elements(element=element, may_be_empty=True)
    if isinstance(record, DictObject):
        if record.opaque or record.element is not None:
            return Elements(may_be_empty=True)
        return _of_items(tuple(Const(k) for k in record.items))
    return Elements()


def _of_items(items: tuple[Value, ...]) -> Elements:
    if len(items) <= MAX_KNOWN_ITEMS:
        return Elements(items=items)
    return Elements(element=items[0] if all(i == items[0] for i in items) else UNKNOWN)


def fresh(element: Value, state: State) -> Value:
    """This turn's own copy of a representative element."""
    if isinstance(element, TupleValue):
        items = tuple(fresh(item, state) for item in element.items)
        tied_anew(element.items, items, state)
        return replace(element, items=items, nullable=False)
    if isinstance(element, Ref):
        record = state.get(element.id)
        if isinstance(record, Instance):
            root = record.root if record.root is not None else element.id
            # What is read of the copy is read of the element: a summary rests on all of it.
            for name in ("*", "**", "*options"):
                state.touch(element.id, name)
            return state.new(replace(record, root=root, nullable=False, whole=False))
    return element


@dataclass(slots=True)
class Turns:
    """What a path remembers of the loop that it is in."""

    elements: Elements
    iterable: Value
    before: State
    """Where the loop began."""
    first: Value = UNKNOWN
    """The element of the first turn."""


def exec_for(self: Interpreter, statement: ast.For | ast.AsyncFor, states: list[State]) -> list[State]:
    known: list[tuple[tuple[Value, ...], list[State]]] = []
    others: list[tuple[Elements, Value, State]] = []
    for state in states:
        for elements, iterable, begun in _begin(self, statement, state):
            if elements.items is None:
                others.append((elements, iterable, begun))
                continue
            alike = next((group for items, group in known if items == elements.items), None)
            if alike is None:
                known.append((elements.items, [begun]))
            else:
                alike.append(begun)
    after = [one for items, group in known for one in _exact(self, statement, items, group)]
    if others:
        after += _summarised(self, statement, others)
    return merge(after)


def _begin(
    self: Interpreter, statement: ast.For | ast.AsyncFor, state: State
) -> list[tuple[Elements, Value, State]]:
    """What is iterated over, and the states after asking for it."""
    from asyncsa_lint.flow.tasks.coroutines import check_iteration

    found: list[tuple[Elements, Value, State]] = []
    is_async = isinstance(statement, ast.AsyncFor)

    def take(s: State) -> None:
        iterable = self.eval(statement.iter, s)
        check_iteration(self, statement.iter, iterable, s, is_async=is_async, statement=statement)
        elements = elements_of(self, iterable, statement.iter, s)
        elements.element = chosen(elements.element, statement.body)
        found.append((elements, iterable, s))

    self.run(state, take)
    return found


def _turn(
    self: Interpreter, statement: ast.For | ast.AsyncFor, starts: list[tuple[Value, State]], sink: Sink
) -> list[State]:
    """One turn of the body on all paths, each with its element; `break` goes to the sink."""
    outer = self.sink
    self.sink = Sink(returns=outer.returns, raises=outer.raises)
    try:
        entered: list[State] = []
        for element, current in starts:

            def bind(s: State, element: Value = element) -> None:
                assign(self, statement.target, element, s, statement.iter)

            entered.extend(self.run(current, bind))
        ended = self.block(statement.body, entered)
        sink.breaks.extend(self.sink.breaks)
        return merge(ended + self.sink.continues)
    finally:
        self.sink = outer


def _exact(
    self: Interpreter, statement: ast.For | ast.AsyncFor, items: tuple[Value, ...], states: list[State]
) -> list[State]:
    sink = Sink()
    live = bounded(states)
    for item in items:
        live = _turn(self, statement, [(item, current) for current in live], sink)
    return self.block(statement.orelse, live) + sink.breaks


def _summarised(
    self: Interpreter, statement: ast.For | ast.AsyncFor, found: list[tuple[Elements, Value, State]]
) -> list[State]:
    sink = Sink()
    depth = len(found[0][2].frames)
    starts: list[tuple[Value, State]] = []
    begun: list[Turns] = []
    for elements, iterable, state in found:
        turns = Turns(elements, iterable, state.fork())
        turns.first = fresh(elements.element, state)
        state.frames = (*state.frames, turns)
        starts.append((turns.first, state))
        begun.append(turns)
    ended = _turn(self, statement, starts, sink)
    again = [current.fork() for current in ended if moved_on(current.frames[depth].before, current)]
    if again:
        more = [(fresh(current.frames[depth].elements.element, current), current) for current in again]
        ended = merge(ended + _turn(self, statement, more, sink))
    nothing = not ended
    for current in ended:
        turns = current.frames[depth]
        settle(turns.elements.element, turns.first, current, turns.before)
    for turns in begun:
        if (turns.elements.may_be_empty and not _restores(statement)) or nothing:
            containers.note_empty(turns.iterable, turns.before, turns.elements.element)
            ended.append(turns.before)
    ended = [current.outside(depth) for current in ended]
    return self.block(statement.orelse, merge(ended)) + [left.outside(depth) for left in sink.breaks]


def moved_on(before: State, after: State) -> bool:
    """The turn has done something that the next turn can meet: otherwise that would only repeat it."""
    if before.tasks != after.tasks or before.uses != after.uses or before.locks != after.locks:
        return True
    if before.heap is not after.heap and any(
        _differs(ident, old, after) for ident, old in list(before.heap.items())
    ):
        return True
    if before.env is after.env:
        return False
    return any(
        value is not (now := after.env.get(name)) and value != now and not (plain(value) and plain(now))
        for name, value in before.env.items()
    )


def _differs(ident: ObjectId, old: HeapObject, state: State) -> bool:
    """An object from before the turn has changed; having been looked at is no change."""
    if isinstance(old, Session):
        # What has happened to a session matters to the next turn through the instances in it.
        new = state.get(ident)
        return not isinstance(new, Session) or any(
            getattr(old, name) != getattr(new, name)
            for name in ("is_closed", "savepoints", "escaped", TRANSACTION)
            if name != TRANSACTION or (ident, TRANSACTION) in state.touched
        )
    if isinstance(old, Instance):
        lived = catch_up(ident, state)
        return lived is not old and (lived is None or _condition(old) != _condition(lived))
    new = state.get(ident)
    return new is not old and old != new


def _condition(record: Instance) -> tuple[object, ...]:
    return (record.phase, record.dirty, record.given, record.stale, record.expired, record.session)


def _restores(statement: ast.For | ast.AsyncFor) -> bool:
    """The loop sets attributes by computed names: that there are none to set is no ordinary case of it."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr"
        for item in statement.body
        for node in walk(item)
    )


def settle(representative: Value, first: Value, state: State, start: State) -> None:
    """The representative becomes what the first turn's object has become; what it has got itself since
    the start, by loops within the turn, it keeps."""
    if isinstance(representative, TupleValue) and isinstance(first, TupleValue):
        for old, new in zip(representative.items, first.items, strict=False):
            settle(old, new, state, start)
    elif isinstance(representative, Ref) and isinstance(first, Ref) and representative != first:
        lived, before = state.get(first.id), state.get(representative.id)
        if isinstance(lived, Instance) and isinstance(before, Instance):
            if before is not (begun := start.get(representative.id)) and isinstance(begun, Instance):
                lived = _with_gained(first.id, representative.id, lived, begun, state)
            kept = replace(lived, root=before.root, nullable=before.nullable, whole=before.whole)
            state.put(representative.id, kept)


def _with_gained(
    first: ObjectId, representative: ObjectId, lived: Instance, begun: Instance, state: State
) -> Instance:
    now = catch_up(representative, state)
    lived = catch_up(first, state) or lived
    if now is None:
        return lived
    gained = {name: value for name, value in now.attributes.items() if name not in begun.attributes}
    borrowed = lived.borrowed & now.borrowed
    return replace(lived, attributes={**gained, **lived.attributes}, borrowed=borrowed)


def exec_while(self: Interpreter, statement: ast.While, states: list[State]) -> list[State]:
    outer = self.sink
    sink = Sink()
    done: list[State] = []
    live = states
    for _ in range(2):
        entered: list[State] = []
        for current in live:
            yes, no = conditions.branch(self, statement.test, current)
            entered.extend(yes)
            done.extend(no)
        self.sink = Sink(returns=outer.returns, raises=outer.raises)
        try:
            ended = self.block(statement.body, merge(entered))
            sink.breaks.extend(self.sink.breaks)
            live = merge(ended + self.sink.continues)
        finally:
            self.sink = outer
    if not isinstance(statement.test, ast.Constant):
        done.extend(live)
    elif statement.test.value:
        self.endless += live[:1]
    return merge(self.block(statement.orelse, merge(done)) + sink.breaks)
