"""Instances entering and leaving a session without I/O: `add`, `expunge`, `expire`, `delete`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncsa_lint.flow.events import ExpiryCause
from asyncsa_lint.flow.orm.instances import literal_name, log_length
from asyncsa_lint.flow.orm.lifetime import catch_up, has_key, with_doubtful_targets
from asyncsa_lint.flow.orm.plans import ALL
from asyncsa_lint.flow.orm.transactions import begun
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Instance, ListObject, Phase, Staleness
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import NONE, Const, ObjectId, Ref, TupleValue, Value
from asyncsa_lint.project.mapping.mapped_attributes import (
    AttributeKind,
    Direction,
    MappedAttribute,
    ModelInfo,
)

if TYPE_CHECKING:
    from asyncsa_lint.findings import Span


def mark_deleted(value: Value | None, state: State) -> None:
    record = catch_up(value.id, state) if isinstance(value, Ref) else None
    if record is not None and isinstance(value, Ref):
        begun(record.session, state)
        state.put(value.id, replace(record, phase=Phase.DELETED))


def expire_or_expunge(name: str, target: Ref, names: Value | None, span: Span, state: State) -> None:
    """`expire(instance)`, `expire(instance, ["name"])`, `expunge(instance)`."""
    record = catch_up(target.id, state)
    if record is None:
        return
    staleness = Staleness(ExpiryCause.EXPIRE, span)
    listed = None if names is None or names == NONE else names_of(names, state) or []
    _doubt_others(target, record, ALL if listed is None else frozenset(listed), state)
    if name == "expunge":
        phase = Phase.TRANSIENT if record.phase is Phase.PENDING else Phase.DETACHED
        kept = {key: value for key, value in record.attributes.items() if key not in record.borrowed}
        # An object whose INSERT is undone later becomes transient, though the session has lost it.
        # What it refers to stays behind: nobody tells it what becomes of that.
        targets = [each.target for each in record.model.attributes.values()]
        record = with_doubtful_targets(record, targets, ALL)
        plan = None if record.uncommitted else record.plan
        state.put(
            target.id,
            replace(
                record, phase=phase, detached=staleness, attributes=kept, borrowed=frozenset(), plan=plan
            ),
        )
    elif names is None or names == NONE:
        state.put(
            target.id,
            replace(
                record,
                expired=staleness,
                attributes={},
                given=frozenset(),
                borrowed=frozenset(),
                dirty=frozenset(),
            ),
        )
    else:
        _expire_some(target, record, listed or [], staleness, state)


def _doubt_others(target: Ref, record: Instance, names: frozenset[str], state: State) -> None:
    """Other rows in hand may be the same object, or bring it along: these attributes are not claimed
    to be there any more."""
    if record.session is None:
        return
    classes = frozenset({record.model.cls})
    named = has_key(target.id, state)
    for ident, other in list(state.heap.items()):
        if not isinstance(other, Instance) or other.session != record.session or ident == target.id:
            continue
        doubted = catch_up(ident, state)
        if doubted is None or doubted.plan is None or doubted.phase is not Phase.PERSISTENT:
            continue
        doubted = with_doubtful_targets(doubted, classes, names)
        if (
            _are_related(other.model, record.model)
            and not (named and has_key(ident, state))
            and doubted.plan is not None
        ):
            doubted = replace(doubted, plan=replace(doubted.plan, doubtful=doubted.plan.doubtful | names))
        state.put(ident, doubted)


def _are_related(one: ModelInfo, other: ModelInfo) -> bool:
    """A row of the one class may be a row of the other."""
    return one.cls is other.cls or one.parent is other.cls or other.parent is one.cls


def _expire_some(
    target: Ref, record: Instance, listed: list[str], staleness: Staleness, state: State
) -> None:
    kept = {key: value for key, value in record.attributes.items() if key not in listed}
    mapped = record.model.attributes
    gone = [name for name in listed if name in mapped and _needs_reload(mapped[name])]
    stale = record.stale + tuple((name, staleness) for name in gone)
    plan = record.plan
    if plan is not None and len(gone) < len(listed):
        plan = replace(plan, doubtful=plan.doubtful.union(listed).difference(gone))
    state.put(target.id, replace(record, attributes=kept, stale=stale, plan=plan))


def _needs_reload(attribute: MappedAttribute) -> bool:
    """Reading it after an expiry asks the database, if the identity map does not serve it."""
    if attribute.kind is AttributeKind.RELATIONSHIP:
        return attribute.direction is not Direction.UNKNOWN and attribute.lazy in _LOADING
    return attribute.kind in {AttributeKind.COLUMN, AttributeKind.COLUMN_PROPERTY}


_LOADING = frozenset({"select", "selectin", "joined", "subquery", "immediate"})


def names_of(value: Value, state: State) -> list[str] | None:
    """The strings of a literal list of attribute names; None when one is not known."""
    record = state.object_of(value)
    items: tuple[Value, ...] | None = None
    if isinstance(value, TupleValue):
        items = value.items
    elif isinstance(record, ListObject):
        items = record.items
    elif isinstance(value, Const) and isinstance(value.value, tuple):
        items = tuple(Const(item) for item in value.value)
    if items is None:
        return None
    names = [literal_name(item) for item in items]
    return names if all(names) else None


def members(value: Value, state: State) -> list[Value]:
    """Objects in a collection value."""
    if isinstance(value, TupleValue):
        return list(value.items)
    record = state.object_of(value)
    if isinstance(record, ListObject):
        if record.items is not None:
            return list(record.items)
        return [record.element] if record.element is not None else []
    return []


def _perhaps_new(record: Instance, session: ObjectId, seen: int) -> Instance:
    """What is given to a session, and lived nowhere that is known."""
    return replace(
        record,
        session=session,
        seen=seen,
        assumed=False,
        uncommitted=True,
        expired=None,
        stale=(),
        dirty=frozenset(),
    )


def attach(session: ObjectId, value: Value, state: State, depth: int = 0) -> None:
    """`session.add(value)`, with the objects it refers to (save-update cascade)."""
    record = catch_up(value.id, state) if isinstance(value, Ref) else None
    if record is None or not isinstance(value, Ref) or depth > 4:
        return
    seen = log_length(session, state)
    if record.assumed or (record.phase is Phase.PERSISTENT and record.session is None):
        # It may be new: a rollback then leaves it as it is, and only what a commit does is sure.
        state.put(value.id, _perhaps_new(record, session, seen))
        begun(session, state)
        return
    if record.phase is Phase.TRANSIENT:
        state.put(value.id, replace(record, phase=Phase.PENDING, session=session, seen=seen))
    elif record.phase is Phase.DETACHED:
        state.put(
            value.id,
            replace(record, phase=Phase.PERSISTENT, session=session, detached=None, seen=seen),
        )
        begun(session, state)
        return
    else:
        return
    state.touch(value.id, "**")
    begun(session, state)
    for name in sorted(record.attributes):
        related = record.attributes[name]
        if record.model.attributes.get(name) is None:
            continue
        for item in [related, *members(related, state)]:
            attach(session, item, state, depth + 1)
            _written(record.model.attributes[name], item, state)


def _written(attribute: MappedAttribute, item: Value, state: State) -> None:
    """A stored object that refers to a new one: with that in the session its key is written."""
    other = catch_up(item.id, state) if isinstance(item, Ref) else None
    if other is None or not isinstance(item, Ref) or other.phase is not Phase.PERSISTENT:
        return
    reverse = other.model.attributes.get(attribute.back_populates)
    if reverse is not None and not reverse.collection:
        state.put(item.id, replace(other, dirty=other.dirty | {reverse.name}))
