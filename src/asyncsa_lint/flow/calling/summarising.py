"""Interpreting a function once for a situation, and what is kept of that."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from itertools import zip_longest
from typing import TYPE_CHECKING

from asyncsa_lint.flow.calling.returned_rows import chosen_rows
from asyncsa_lint.flow.calling.situations import situation
from asyncsa_lint.flow.calling.summaries import ENDINGS, Outcome, Summary
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import (
    DictObject,
    HeapObject,
    Instance,
    LogEntry,
    Passage,
    Session,
    Staleness,
)
from asyncsa_lint.flow.states.paths import GiveUp
from asyncsa_lint.flow.states.state import VARIABLES, State
from asyncsa_lint.flow.states.values import NONE, UNKNOWN, Arguments, Const, ObjectId, Ref, Value

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.symbols import FunctionInfo

MAX_DEPTH = 12
MAX_OUTCOMES = 3
"""Distinct normal outcomes kept: those that end transactions in different ways, then the earlier ones."""


def prepare(
    self: Interpreter,
    function: FunctionInfo,
    arguments: Arguments,
    node: ast.AST,
    state: State,
    captured: tuple[tuple[str, Value], ...] = (),
) -> tuple[Summary, dict[ObjectId, ObjectId]] | None:
    """The summary that holds here, and the caller's objects by its own; None: too deep or not worth it."""
    from asyncsa_lint.flow.calling.binding import bind
    from asyncsa_lint.flow.calling.calls import forget

    if self.context.in_test:
        # What a test calls is interpreted for its own sake; a test that fails says so itself.
        forget(arguments.values(), state)
        return None
    if self.depth >= MAX_DEPTH:
        self.context.gave_up("depth")
        forget(arguments.values(), state)
        return None
    env = bind(self, function, arguments, state)
    if captured or (
        self.function is not None
        and function.facts.parent == self.function.symbol
        and function.module is self.module
    ):
        outer = dict(captured)
        if self.function is not None and function.facts.parent == self.function.symbol:
            outer.update(state.captured(self.context.project.names(function)))
        env = {**outer, **env}
    return self.context.summaries.find(self, function, env, node, state)


def seen_from_inside(objects: dict[ObjectId, HeapObject], entry: Passage) -> dict[ObjectId, HeapObject]:
    """The callee's view of the caller's objects: what happened before the call happened elsewhere."""
    heap: dict[ObjectId, HeapObject] = {}
    for ident, record in objects.items():
        if isinstance(record, Session):
            record = replace(record, log=(), calls=())
        elif isinstance(record, DictObject):
            record = replace(record, origins=())
        elif isinstance(record, Instance):
            record = replace(
                record,
                seen=0,
                via=(*record.via, entry),
                expired=_outside(record.expired),
                detached=_outside(record.detached),
                stale=tuple((name, replace(s, inside=False)) for name, s in record.stale),
            )
        heap[ident] = record
    return heap


def _outside(staleness: Staleness | None) -> Staleness | None:
    return None if staleness is None else replace(staleness, inside=False)


def summarise(
    self: Interpreter,
    function: FunctionInfo,
    env: dict[str, Value],
    objects: dict[ObjectId, HeapObject],
    node: ast.AST,
    state: State,
) -> Summary:
    """Interpret the function for this situation, first met in the call at `node`."""
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation
    from asyncsa_lint.flow.tasks.ownership import check_returned

    before = seen_from_inside(objects, Passage(self.span(node), function.symbol, inwards=True))
    inputs = tuple(before)
    body = self.context.project.node(function)
    if body is None:
        return Summary(inputs, before, complete=False, env=env)
    inner = Activation(
        self.context,
        function.module,
        function,
        inputs=frozenset(before),
        depth=self.depth + 1,
        cls=self.context.owner_class(function),
    )
    inner.received = frozenset(v.id for v in env.values() if isinstance(v, Ref) and isinstance(v.id, tuple))
    start = State(self.context.shared, state.next_id)
    start.env = dict(env)
    start.heap = dict(before)
    start.tasks = tuple(task for task in state.tasks if task in before)
    known_tasks = set(start.tasks)
    outer = self.context.synchronous
    self.context.synchronous = outer and not function.facts.is_async
    try:
        ended = inner.block(body.body, [start])
    except GiveUp as reason:
        self.context.gave_up(reason.reason)
        return Summary(
            inputs,
            before,
            complete=False,
            reads=tuple(inner.pending.values()),
            env=env,
            touched=_touched(start, before),
            symbol=function.symbol,
        )
    finally:
        self.context.synchronous = outer
    check_returned(inner)
    returns = [*inner.sink.returns, *((NONE, last) for last in ended)]
    outcomes = _outcomes(inner, returns, before, known_tasks)
    for raised in inner.sink.raises:
        if not raised.implicit and len(outcomes) < 8:
            outcomes.append(
                Outcome(UNKNOWN, raised.state.heap, raised.state.uses, exception=raised.exception)
            )
    if not outcomes:
        # Whoever waits for it waits for ever, but what runs beside it meets what it does.
        outcomes += [Outcome(UNKNOWN, last.heap, last.uses) for last in inner.endless[:1]]
    final = tuple(last.heap for _, last in returns[:4])
    raised_final = tuple(r.state.heap for r in inner.sink.raises[:2])
    yields = [
        Outcome(value, at.heap, at.uses, leaving=final + raised_final, exception=None)
        for value, at in inner.yields[:4]
    ]
    return Summary(
        inputs,
        before,
        tuple(outcomes),
        tuple(inner.pending.values()),
        tuple(yields),
        received=inner.received,
        symbol=function.symbol,
        refreshed=tuple(inner.refreshed),
        waits=inner.waits,
        env=env,
        touched=_touched(start, before),
    )


def _outcomes(
    inner: Interpreter,
    returns: list[tuple[Value, State]],
    before: dict[ObjectId, HeapObject],
    known_tasks: set[ObjectId],
) -> list[Outcome]:
    """Normal outcomes that differ in their effect or in a value that matters."""
    if len(returns) == 1:
        value, state = returns[0]
        tasks = tuple(t for t in state.tasks if t not in known_tasks)
        chosen = chosen_rows(inner, state, before) if state.assumed else ()
        return [Outcome(value, state.heap, state.uses, tasks, chosen)]
    effects: dict[object, list[Outcome]] = {}
    endings: dict[object, frozenset[object]] = {}
    inputs: list[Value] = [Ref(i) for i in sorted(before, key=str)]
    for value, state in returns:
        found = situation(inputs, state, inner.context.inertness.is_blind)
        logs = tuple(
            (str(ident), record.log)
            for ident, record in state.heap.items()
            if isinstance(record, Session) and ident in before
        )
        key: object = len(effects) if found is None else (found[0], logs, state.uses)
        tasks = tuple(task for task in state.tasks if task not in known_tasks)
        chosen = chosen_rows(inner, state, before) if state.assumed else ()
        effects.setdefault(key, []).append(Outcome(value, state.heap, state.uses, tasks, chosen))
        endings.setdefault(key, _endings(logs))
    groups = [_distinct(inner, effects[key]) for key in _varied(endings)]
    # One of each effect before a second value of any.
    turns = zip_longest(*groups)
    return [outcome for turn in turns for outcome in turn if outcome is not None][:MAX_OUTCOMES]


def _endings(logs: Iterable[tuple[str, tuple[LogEntry, ...]]]) -> frozenset[object]:
    """What ended or undid something: paths that differ in this differ most."""
    return frozenset(
        (session, entry.occurrence, entry.expires)
        for session, log in logs
        for entry in log
        if entry.occurrence in ENDINGS
    )


def _varied(endings: dict[object, frozenset[object]]) -> list[object]:
    """The keys with the first of each kind of ending in front, otherwise in their order."""
    first = dict.fromkeys(endings.values())
    chosen = [next(key for key, each in endings.items() if each == kind) for kind in first]
    return [*chosen, *(key for key in endings if key not in chosen)]


def _distinct(inner: Interpreter, outcomes: list[Outcome]) -> list[Outcome]:
    """Of outcomes with one effect, those whose values matter; None beside an instance makes that nullable."""
    plain = [o for o in outcomes if o.value is UNKNOWN or isinstance(o.value, Const)]
    kept: dict[object, Outcome] = {}
    for outcome in outcomes:
        if outcome in plain:
            continue
        state = State(inner.context.shared)
        state.heap = outcome.heap
        found = situation([outcome.value], state, inner.context.inertness.is_blind)
        kept.setdefault(len(kept) if found is None else found[0], outcome)
    chosen = list(kept.values())
    if plain and any(o.value == NONE for o in plain) and chosen:
        for outcome in chosen:
            _make_nullable(outcome)
        plain = [o for o in plain if o.value != NONE]
    if plain:
        same = all(o.value == plain[0].value for o in plain)
        chosen.append(plain[0] if same else replace(plain[0], value=UNKNOWN))
    return chosen


def _make_nullable(outcome: Outcome) -> None:
    record = outcome.heap.get(outcome.value.id) if isinstance(outcome.value, Ref) else None
    if isinstance(record, Instance) and isinstance(outcome.value, Ref):
        outcome.heap = {**outcome.heap, outcome.value.id: replace(record, nullable=True)}


def _touched(start: State, before: dict[ObjectId, HeapObject]) -> dict[ObjectId, tuple[str, ...]]:
    """What was looked at of the caller's objects."""
    found: dict[ObjectId, list[str]] = defaultdict(list)
    for ident, name in start.touched:
        if ident in before or ident == VARIABLES:
            found[ident].append(name)
    return {ident: tuple(names) for ident, names in found.items()}
