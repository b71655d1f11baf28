"""Calling: which function a value stands for, its summary, and replaying that at the call site."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from asyncsa_lint.flow import failures
from asyncsa_lint.flow.lifetime import catch_up, unknown
from asyncsa_lint.flow.objects import HeapObject, Instance, ProjectObject, Session, Staleness, Task
from asyncsa_lint.flow.paths import GiveUp, PathEnds
from asyncsa_lint.flow.situations import reachable, situation
from asyncsa_lint.flow.state import State, renamed, renamed_object
from asyncsa_lint.flow.summaries import Outcome, Summary
from asyncsa_lint.flow.values import (
    NONE,
    UNKNOWN,
    Arguments,
    BoundMethod,
    ClassValue,
    ExternalValue,
    FunctionValue,
    LambdaValue,
    LibraryMethod,
    ObjectId,
    Partial,
    Pending,
    Ref,
    Value,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.interpreter import Interpreter
    from asyncsa_lint.project.symbols import FunctionInfo

MAX_DEPTH = 12


def call(self: Interpreter, target: Value, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """Value of `target(arguments)`."""
    if isinstance(target, FunctionValue):
        return call_value(self, target, target.function, arguments, node, state)
    if isinstance(target, BoundMethod):
        bound = replace_first(arguments, target.receiver)
        return call_value(self, target, target.function, bound, node, state)
    if isinstance(target, ExternalValue):
        from asyncsa_lint.flow.library import call_external

        return call_external(self, target, arguments, node, state)
    if isinstance(target, LibraryMethod):
        from asyncsa_lint.flow.methods import call_method

        return call_method(self, target, arguments, node, state)
    if isinstance(target, ClassValue):
        from asyncsa_lint.flow.construction import instantiate

        return instantiate(self, target, arguments, node, state)
    if isinstance(target, Partial):
        merged = Arguments(
            target.arguments + arguments.positional, target.keywords + arguments.keywords, arguments.opaque
        )
        return call(self, target.target, merged, node, state)
    if isinstance(target, LambdaValue):
        return _call_lambda(self, target, arguments, state)
    from asyncsa_lint.flow.values import FactoryValue

    if isinstance(target, FactoryValue):
        from asyncsa_lint.flow.factories import open_session

        return open_session(self, target, arguments, node, state)
    record = state.object_of(target)
    if isinstance(record, ProjectObject):
        method = self.context.project.method(record.cls, "__call__")
        if method is not None:
            return call_value(self, target, method, replace_first(arguments, target), node, state)
    return out_of_sight(self, arguments, node, state)


def replace_first(arguments: Arguments, receiver: Value) -> Arguments:
    return Arguments((receiver, *arguments.positional), arguments.keywords, arguments.opaque)


def out_of_sight(self: Interpreter, arguments: Arguments, node: ast.AST, state: State) -> Value:
    """Code that can not be seen gets these objects: awaited, or with a session, it may load anything."""
    values = arguments.values()
    has_session = any(isinstance(state.object_of(v), Session) for v in values)
    if node is self.awaited_call or has_session:
        forget(values, state)
    return UNKNOWN


def forget(values: list[Value], state: State) -> None:
    """Instances reachable from the values are in an unknown state from here on."""
    for ident in reachable(values, state):
        record = catch_up(ident, state)
        if record is not None:
            state.put(ident, unknown(record))


def call_value(
    self: Interpreter,
    target: Value,
    function: FunctionInfo,
    arguments: Arguments,
    node: ast.AST,
    state: State,
) -> Value:
    """Run a plain function now; coroutines, generators and managers wait until they are used."""
    kind = self.context.kind_of(function)
    if kind != "function":
        whole = target if isinstance(target, FunctionValue) else FunctionValue(function)
        return Pending(whole, arguments, kind, node, self.module)
    captured = target.captured if isinstance(target, FunctionValue) else ()
    return call_function(self, function, arguments, node, state, captured)


def _call_lambda(self: Interpreter, target: LambdaValue, arguments: Arguments, state: State) -> Value:
    if target.module is not self.module:
        return UNKNOWN
    saved = state.env
    env = {**saved, **dict(target.captured)}
    names = [a.arg for a in (*target.node.args.posonlyargs, *target.node.args.args)]
    defaults = target.node.args.defaults
    for position, name in enumerate(names):
        value = arguments.get(position, name)
        if value is None and len(names) - position <= len(defaults):
            value = self.eval(defaults[position - (len(names) - len(defaults))], state)
        env[name] = value or UNKNOWN
    state.replace_env(env)
    try:
        return self.eval(target.node.body, state)
    finally:
        state.replace_env(saved)


def awaited(self: Interpreter, value: Value, node: ast.Await, state: State) -> Value:
    """`await value`."""
    if isinstance(value, Pending):
        return settle(self, value, node.value, state)
    record = state.object_of(value)
    if isinstance(record, Task):
        from asyncsa_lint.flow.concurrency import finish

        finish(value, state)
        return record.result
    if isinstance(value, ExternalValue) or value is UNKNOWN:
        return UNKNOWN
    from asyncsa_lint.flow.methods import await_object

    return await_object(self, value, node, state)


def settle(self: Interpreter, value: Pending, node: ast.AST, state: State) -> Value:
    """Carry out a pending call: what `await`, a task or `gather` does with a coroutine."""
    target = value.target
    if isinstance(target, FunctionValue):
        return call_function(self, target.function, value.arguments, node, state, target.captured)
    if isinstance(target, LibraryMethod):
        from asyncsa_lint.flow.methods import run_method

        return run_method(self, target, value.arguments, node, state)
    if isinstance(target, ExternalValue):
        from asyncsa_lint.flow.library import run_external

        return run_external(self, target, value.arguments, node, state)
    return UNKNOWN


# -- project functions ----------------------------------------------------------


def call_function(
    self: Interpreter,
    function: FunctionInfo,
    arguments: Arguments,
    node: ast.AST,
    state: State,
    captured: tuple[tuple[str, Value], ...] = (),
) -> Value:
    """Run a function of the project through its summary for these arguments."""
    prepared = prepare(self, function, arguments, node, state, captured)
    if prepared is None:
        return self.context.value_of_return(self, function, state)
    summary, order = prepared
    if not summary.complete:
        forget(arguments.values(), state)
        return self.context.value_of_return(self, function, state)
    return replay(self, function, summary, order, node, state)


def prepare(
    self: Interpreter,
    function: FunctionInfo,
    arguments: Arguments,
    node: ast.AST,
    state: State,
    captured: tuple[tuple[str, Value], ...] = (),
) -> tuple[Summary, list[ObjectId]] | None:
    """The summary for this situation, and the caller's objects in its order; None when not worth it or too deep."""
    from asyncsa_lint.flow.binding import bind

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
            outer.update({k: v for k, v in state.env.items() if k in self.context.project.names(function)})
        env = {**outer, **env}
    names = sorted(env)
    values = [env[name] for name in names]
    for ident in reachable(values, state):
        catch_up(ident, state)
    found = situation(values, state, self.context.is_schema, texts=self.context.reads_by_name(function))
    if found is None:
        self.context.gave_up("size")
        forget(arguments.values(), state)
        return None
    key, order, heap, slim = found
    env = dict(zip(names, slim, strict=True))
    if not self.context.worth_entering(function, slim, heap.values()):
        return None
    return self.context.summary(self, function, env, (tuple(names), key), order, heap, state), order


def seen_from_inside(objects: dict[ObjectId, HeapObject]) -> dict[ObjectId, HeapObject]:
    """The callee's view of the caller's objects: what happened before the call happened elsewhere."""
    heap: dict[ObjectId, HeapObject] = {}
    for ident, record in objects.items():
        if isinstance(record, Session):
            record = replace(record, log=())
        elif isinstance(record, Instance):
            record = replace(
                record,
                seen=0,
                expired=_outside(record.expired),
                detached=_outside(record.detached),
                stale=tuple((name, replace(s, inside=False)) for name, s in record.stale),
            )
        heap[ident] = record
    return heap


def _outside(staleness: Staleness | None) -> Staleness | None:
    return None if staleness is None else replace(staleness, inside=False)


def replay(
    self: Interpreter,
    function: FunctionInfo,
    summary: Summary,
    order: list[ObjectId],
    node: ast.AST,
    state: State,
) -> Value:
    """Apply one outcome of the summary to the caller's state."""
    mapping: dict[ObjectId, ObjectId] = dict(zip(summary.inputs, order, strict=False))
    for read in summary.reads:
        failures.resolve(self, read, mapping.get(read.ident, read.ident), node, state)
    normal = [o for o in summary.outcomes if o.exception is None]
    raising = [o for o in summary.outcomes if o.exception is not None]
    every = normal + (raising if self.try_depth or not normal else [])
    if not every:
        return UNKNOWN
    outcome = every[self.choices.choose(len(every))]
    value = apply(self, summary, outcome, mapping, node, state)
    if outcome.exception is not None:
        raise PathEnds(state, outcome.exception)
    if value is UNKNOWN:
        return self.context.value_of_return(self, function, state)
    return value


def apply(
    self: Interpreter,
    summary: Summary,
    outcome: Outcome,
    mapping: dict[ObjectId, ObjectId],
    node: ast.AST,
    state: State,
) -> Value:
    """Bring the callee's heap into the caller's; new objects get ids of the caller."""
    from asyncsa_lint.flow.concurrency import note_use

    def rename(ident: ObjectId) -> ObjectId:
        known = mapping.get(ident)
        if known is not None:
            return known
        if type(ident) is tuple:
            return ident
        mapping[ident] = fresh = state.next_id
        state.next_id += 1
        return fresh

    for ident, locks in sorted(outcome.uses, key=str):
        note_use(self, rename(ident), node, state, frozenset(rename(lock) for lock in locks))
    patch(summary.before, outcome.heap, rename, state)
    value = renamed(outcome.value, rename)
    copy_new(value, outcome.heap, mapping, rename, state)
    if outcome.tasks:
        state.tasks = (*state.tasks, *(rename(task) for task in outcome.tasks))
    return value


def patch(
    before: dict[ObjectId, HeapObject], after: dict[ObjectId, HeapObject], rename: object, state: State
) -> None:
    """Change the caller's objects by what the callee changed in them, field by field."""
    assert callable(rename)
    lengths = {
        rename(ident): len(session.log)
        for ident in before
        if isinstance(session := state.get(rename(ident)), Session)
    }
    changed = [ident for ident in after if ident in before and after[ident] is not before[ident]]
    for ident in changed:
        mine = state.get(rename(ident))
        old, new = before[ident], after[ident]
        if mine is None or type(mine) is not type(new) or type(old) is not type(new):
            state.put(rename(ident), renamed_object(new, rename))
            continue
        moved = renamed_object(new, rename)
        changes = {
            field.name: _changed(getattr(mine, field.name), getattr(old, field.name), getattr(moved, field.name),
                                 getattr(new, field.name))
            for field in fields(new)
            if getattr(new, field.name) != getattr(old, field.name)
        }
        if isinstance(new, Session) and isinstance(mine, Session):
            changes["log"] = mine.log + new.log[len(old.log) :] if isinstance(old, Session) else mine.log
        if isinstance(new, Instance) and new.session is not None:
            changes["seen"] = new.seen + lengths.get(rename(new.session), 0)
        state.put(rename(ident), replace(mine, **changes))
    for ident, record in after.items():
        if type(ident) is tuple and ident not in before:
            state.put(ident, renamed_object(record, rename))
    _copy_reachable(before, after, changed, rename, lengths, state)


def _changed(mine: object, old: object, moved: object, new: object) -> object:
    """A changed field; of a dict only the changed entries, since the callee has not seen all of them."""
    if not (isinstance(mine, dict) and isinstance(old, dict) and isinstance(moved, dict) and isinstance(new, dict)):
        return moved
    merged = {key: value for key, value in mine.items() if key not in old or key in new}
    merged.update({key: moved[key] for key in new if key not in old or old[key] != new[key]})
    return merged


def _copy_reachable(
    before: dict[ObjectId, HeapObject],
    after: dict[ObjectId, HeapObject],
    changed: list[ObjectId],
    rename: object,
    lengths: dict[ObjectId, int],
    state: State,
) -> None:
    """Objects the callee made and hung onto the caller's objects."""
    waiting: list[ObjectId] = []

    def collect(ident: ObjectId) -> ObjectId:
        waiting.append(ident)
        return ident

    for ident in changed:
        renamed_object(after[ident], collect)
    _bring(waiting, before, after, rename, lengths, state, collect)


def _bring(
    waiting: list[ObjectId],
    before: dict[ObjectId, HeapObject],
    after: dict[ObjectId, HeapObject],
    rename: object,
    lengths: dict[ObjectId, int],
    state: State,
    collect: object,
) -> None:
    assert callable(rename)
    assert callable(collect)
    done: set[ObjectId] = set()
    while waiting:
        ident = waiting.pop()
        if ident in done or ident in before or type(ident) is tuple:
            continue
        done.add(ident)
        record = after.get(ident)
        if record is None:
            continue
        renamed_object(record, collect)
        moved = renamed_object(record, rename)
        if isinstance(moved, Instance) and moved.session in lengths:
            moved = replace(moved, seen=moved.seen + lengths[moved.session])
        state.put(rename(ident), moved)


def copy_new(
    value: Value,
    heap: dict[ObjectId, HeapObject],
    mapping: dict[ObjectId, ObjectId],
    rename: object,
    state: State,
) -> None:
    """Bring what the returned value reaches into the caller's heap."""
    assert callable(rename)
    back = {mine: theirs for theirs, mine in mapping.items()}
    found: list[ObjectId] = []
    waiting: list[ObjectId] = []

    def collect(ident: ObjectId) -> ObjectId:
        waiting.append(back.get(ident, ident))
        return ident

    renamed(value, collect)
    inputs = {ident for ident in mapping if ident in heap and state.get(mapping[ident]) is not None}

    def collect_inner(ident: ObjectId) -> ObjectId:
        waiting.append(ident)
        return ident

    while waiting:
        ident = waiting.pop()
        if ident in inputs or type(ident) is tuple or ident in found:
            continue
        found.append(ident)
        record = heap.get(ident)
        if record is None:
            continue
        renamed_object(record, collect_inner)
        moved = renamed_object(record, rename)
        if (
            isinstance(moved, Instance)
            and moved.session is not None
            and moved.session in mapping.values()
            and back.get(moved.session) in inputs
        ):
            session = state.get(moved.session)
            theirs = heap.get(back[moved.session])
            if isinstance(session, Session) and isinstance(theirs, Session):
                moved = replace(moved, seen=moved.seen + len(session.log) - len(theirs.log))
        state.put(rename(ident), moved)


def generated(self: Interpreter, value: Pending, state: State, node: ast.AST) -> Value:
    """Any element of a generator of the project."""
    if not isinstance(value.target, FunctionValue):
        return UNKNOWN
    prepared = prepare(self, value.target.function, value.arguments, node, state, value.target.captured)
    if prepared is None or not prepared[0].complete or not prepared[0].yields:
        return UNKNOWN
    summary, order = prepared
    mapping: dict[ObjectId, ObjectId] = dict(zip(summary.inputs, order, strict=False))
    for read in summary.reads:
        failures.resolve(self, read, mapping.get(read.ident, read.ident), node, state)
    outcome = summary.yields[self.choices.choose(len(summary.yields[:3]))]
    return apply(self, summary, outcome, mapping, node, state)


def summarise(
    self: Interpreter,
    function: FunctionInfo,
    env: dict[str, Value],
    order: list[ObjectId],
    objects: dict[ObjectId, HeapObject],
    state: State,
) -> Summary:
    """Interpret the function for this situation."""
    from asyncsa_lint.flow.interpreter import Interpreter as Activation

    before = seen_from_inside(objects)
    body = self.context.project.node(function)
    if body is None:
        return Summary(tuple(order), before, complete=False)
    inner = Activation(
        self.context,
        function.module,
        function,
        inputs=frozenset(order),
        depth=self.depth + 1,
        cls=self.context.owner_class(function),
    )
    start = State(self.context.shared, state.next_id)
    start.env = dict(env)
    start.heap = dict(before)
    start.tasks = tuple(task for task in state.tasks if task in before)
    known_tasks = set(start.tasks)
    try:
        ended = inner.block(body.body, [start])
    except GiveUp as reason:
        self.context.gave_up(reason.reason)
        return Summary(tuple(order), before, complete=False, reads=tuple(inner.pending.values()))
    returns = [*inner.sink.returns, *((NONE, last) for last in ended)]
    outcomes = _outcomes(inner, returns, before, known_tasks)
    for raised in inner.sink.raises:
        if not raised.implicit and len(outcomes) < 8:
            outcomes.append(
                Outcome(UNKNOWN, raised.state.heap, raised.state.uses, exception=raised.exception)
            )
    final = tuple(last.heap for _, last in returns[:4])
    raised_final = tuple(r.state.heap for r in inner.sink.raises[:2])
    yields = [
        Outcome(value, at.heap, at.uses, leaving=final + raised_final, exception=None)
        for value, at in inner.yields[:4]
    ]
    return Summary(tuple(order), before, tuple(outcomes), tuple(inner.pending.values()), tuple(yields))


MAX_OUTCOMES = 4


def _outcomes(
    inner: Interpreter,
    returns: list[tuple[Value, State]],
    before: dict[ObjectId, HeapObject],
    known_tasks: set[ObjectId],
) -> list[Outcome]:
    """Distinct normal outcomes; beyond the bound the rest is dropped in favour of the earlier ones."""
    kept: dict[object, Outcome] = {}
    for value, state in returns:
        found = situation([value, *(Ref(i) for i in sorted(before, key=str))], state, inner.context.is_schema, texts=True)
        logs = tuple(
            (ident, record.log)
            for ident, record in sorted(state.heap.items(), key=lambda p: str(p[0]))
            if isinstance(record, Session) and ident in before
        )
        key: object = len(kept) if found is None else (found[0], logs, state.uses)
        tasks = tuple(task for task in state.tasks if task not in known_tasks)
        kept.setdefault(key, Outcome(value, state.heap, state.uses, tasks))
    return list(kept.values())[:MAX_OUTCOMES]
