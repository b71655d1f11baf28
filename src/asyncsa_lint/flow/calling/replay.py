"""Replaying a summary at a call site: bringing the callee's changes into the caller's state."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from asyncsa_lint.flow.calling.passages import Call, brought, logged, spoilt
from asyncsa_lint.flow.calling.returned_rows import meet, recognised
from asyncsa_lint.flow.calling.summaries import ENDINGS, Outcome, Summary
from asyncsa_lint.flow.orm import failures, foreign
from asyncsa_lint.flow.orm.transactions import refuse_callee
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import HeapObject, Instance, Session
from asyncsa_lint.flow.states.paths import PathEnds, Raised
from asyncsa_lint.flow.states.state import Renaming, State, references, renamed, renamed_object
from asyncsa_lint.flow.states.values import UNKNOWN, ObjectId, Value
from asyncsa_lint.flow.tasks.blocking import called

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.symbols import FunctionInfo

MAX_PASSED = 2
"""Ways of raising that a call passes on to the callers of its caller."""


def replay(
    self: Interpreter,
    function: FunctionInfo,
    summary: Summary,
    mapping: dict[ObjectId, ObjectId],
    node: ast.AST,
    state: State,
) -> Value:
    """Apply one outcome of the summary to the caller's state."""
    for read in summary.reads:
        failures.resolve(self, read, summary.symbol, mapping.get(read.ident, read.ident), node, state)
    called(self, summary, node)
    foreign.replayed(self, summary, mapping, node, state)
    normal = [o for o in summary.outcomes if o.exception is None]
    raising = [o for o in summary.outcomes if o.exception is not None]
    every = normal + (raising if self.try_depth or not normal else [])
    if not every:
        return UNKNOWN
    if len(every) == len(normal):
        _pass_on(self, summary, raising, mapping, node, state)
    outcome = every[self.choices.choose(len(every))]
    for ident in summary.inputs:
        session, before = outcome.heap.get(ident), summary.before.get(ident)
        if isinstance(session, Session) and isinstance(before, Session):
            refuse_callee(mapping.get(ident, ident), session.log[len(before.log) :], state)
    value = apply(self, summary, outcome, mapping, node, state)
    if outcome.exception is not None:
        raise PathEnds(state, outcome.exception)
    if value is UNKNOWN:
        return self.context.value_of_return(self, function, state)
    return value


def _pass_on(
    self: Interpreter,
    summary: Summary,
    raising: list[Outcome],
    mapping: dict[ObjectId, ObjectId],
    node: ast.AST,
    state: State,
) -> None:
    """What the callee ended or undid before it raised: whoever catches that meets its traces."""
    if any(answer for answer, _ in self.choices.made):
        return  # the first run of the statement has said so
    for outcome in [each for each in raising if _ends_something(summary, each)][:MAX_PASSED]:
        failed = state.fork()
        apply(self, summary, outcome, dict(mapping), node, failed)
        self.sink.raises.append(Raised(failed, outcome.exception or "", passed=True))


def _ends_something(summary: Summary, outcome: Outcome) -> bool:
    sessions = [outcome.heap.get(ident) for ident in summary.inputs]
    return any(
        isinstance(session, Session) and any(entry.occurrence in ENDINGS for entry in session.log)
        for session in sessions
    )


def apply(
    self: Interpreter,
    summary: Summary,
    outcome: Outcome,
    mapping: dict[ObjectId, ObjectId],
    node: ast.AST,
    state: State,
) -> Value:
    """Bring the callee's heap into the caller's; new objects get ids of the caller."""
    from asyncsa_lint.flow.tasks.concurrency import note_use
    from asyncsa_lint.flow.tasks.escapes import bound_by_callee

    def rename(ident: ObjectId) -> ObjectId:
        known = mapping.get(ident)
        if known is not None:
            return known
        if type(ident) is tuple:
            return ident
        mapping[ident] = fresh = state.next_id
        state.next_id += 1
        return fresh

    known = {i: mine for i, mine in mapping.items() if i in outcome.heap and state.get(mine) is not None}
    lengths = {mine: len(s.log) for mine in known.values() if isinstance(s := state.get(mine), Session)}
    depend_on(summary, mapping, state)
    for ident, locks in sorted(outcome.uses, key=str):
        note_use(self, rename(ident), node, state, frozenset(rename(lock) for lock in locks))
    bound_by_callee(self, summary.received, outcome.heap, mapping, node, state)
    through = Call(self, summary, node)
    made = patch(summary.before, outcome.heap, rename, lengths, through, state)

    def collect(ident: ObjectId) -> ObjectId:
        made.append(ident)
        return ident

    renamed(outcome.value, collect)
    same, other = recognised(self, outcome, rename, node, state)
    mapping.update(same)
    arrived = _bring(made, {**known, **same}, outcome.heap, rename, lengths, through, state)
    meet(self, arrived, lengths, {rename(ident): key for ident, key in other.items()}, state)
    value = renamed(outcome.value, rename)
    if outcome.tasks:
        state.tasks = (*state.tasks, *(rename(task) for task in outcome.tasks))
    return value


def depend_on(summary: Summary, mapping: dict[ObjectId, ObjectId], state: State) -> None:
    """What the callee looked at decides the caller's outcome, too."""
    for ident, names in summary.touched.items():
        mine = mapping.get(ident)
        if mine is not None:
            for name in names:
                state.touch(mine, name)


def patch(
    before: dict[ObjectId, HeapObject],
    after: dict[ObjectId, HeapObject],
    rename: Renaming,
    lengths: dict[ObjectId, int],
    through: Call,
    state: State,
) -> list[ObjectId]:
    """Change the caller's objects by what the callee changed in them, field by field.

    `lengths` are those of the logs of the caller's sessions before the call, `through`. The
    result are the callee's ids of what its changes mention.
    """
    changed = [ident for ident in after if ident in before and after[ident] is not before[ident]]
    for ident in changed:
        mine = state.get(rename(ident))
        old, new = before[ident], after[ident]
        if mine is None or type(mine) is not type(new) or type(old) is not type(new):
            state.put(rename(ident), renamed_object(new, rename))
            continue
        moved = renamed_object(new, rename)
        changes: dict[str, Any] = {
            field.name: _changed(
                getattr(mine, field.name),
                getattr(old, field.name),
                getattr(moved, field.name),
                getattr(new, field.name),
            )
            for field in fields(new)
            if field.init and getattr(new, field.name) != getattr(old, field.name)
        }
        if isinstance(new, Session) and isinstance(mine, Session):
            grown = logged(mine, len(old.log), new, through) if isinstance(old, Session) else mine
            changes.update(log=grown.log, calls=grown.calls)
        if isinstance(new, Instance) and isinstance(old, Instance):
            spoilt(changes, old, through)
            if new.session is not None:
                changes["seen"] = new.seen + lengths.get(rename(new.session), 0)
        state.put(rename(ident), replace(mine, **changes))
    for ident, record in after.items():
        if type(ident) is tuple and ident not in before:
            state.put(ident, renamed_object(record, rename))
    return [mentioned for ident in changed for mentioned in references(after[ident])]


def _changed(mine: object, old: object, moved: object, new: object) -> object:
    """A changed field; of a dict only the changed entries, since the callee has not seen all of them."""
    if isinstance(mine, frozenset) and isinstance(old, frozenset) and isinstance(moved, frozenset):
        if old and moved.isdisjoint(old):
            # A flush or an expiry has taken all, also what the callee did not know of.
            return moved
        return (mine - (old - moved)) | (moved - old)
    if not (
        isinstance(mine, dict) and isinstance(old, dict) and isinstance(moved, dict) and isinstance(new, dict)
    ):
        return moved
    merged = {key: value for key, value in mine.items() if key not in old or key in new}
    merged.update({key: moved[key] for key in new if key not in old or old[key] != new[key]})
    return merged


def _bring(
    waiting: list[ObjectId],
    known: Mapping[ObjectId, ObjectId],
    heap: dict[ObjectId, HeapObject],
    rename: Renaming,
    lengths: dict[ObjectId, int],
    through: Call,
    state: State,
) -> set[ObjectId]:
    """Bring what the callee made, and all that leads to, into the caller's heap; gives the ids there."""
    done: set[ObjectId] = set()
    while waiting:
        ident = waiting.pop()
        record = heap.get(ident)
        if ident in done or ident in known or type(ident) is tuple or record is None:
            continue
        done.add(ident)
        waiting.extend(references(record))
        moved = renamed_object(record, rename)
        if isinstance(moved, Instance) and isinstance(record, Instance):
            before = 0 if moved.session is None else lengths.get(moved.session, 0)
            owner = None if record.root is None else known.get(record.root)
            root = None if owner is None else state.get(owner)
            moved = brought(moved, root, moved.seen + before, through)
        state.put(rename(ident), moved)
    return {rename(ident) for ident in done}
