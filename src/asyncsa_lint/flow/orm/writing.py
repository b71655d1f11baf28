"""Writing attributes of mapped instances, and what that does to the other side of a relationship."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm.attaching import members
from asyncsa_lint.flow.orm.instances import log_length, read_attribute
from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.orm.loading import note_below
from asyncsa_lint.flow.orm.proxies import proxied
from asyncsa_lint.flow.orm.refreshing import refreshed
from asyncsa_lint.flow.orm.transactions import begun
from asyncsa_lint.flow.orm.written import generated_by_update
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Instance, ListObject, Phase
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import NONE, UNKNOWN, Const, Ref, TupleValue, Value
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, MappedAttribute

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def write_attribute(
    self: Interpreter, owner: Ref, name: str, value: Value, node: ast.AST, state: State
) -> None:
    """`instance.name = value`; assigning to an unloaded collection loads it (TRUTH A(h))."""
    record = catch_up(owner.id, state)
    if record is None:
        return
    name = record.model.meant(name)
    state.touch(owner.id, name)
    attribute = record.model.attributes.get(name)
    if attribute is not None and attribute.kind is AttributeKind.PROXY:
        proxied(self, owner, record, attribute, node, state)
        return
    if (
        attribute is not None
        and attribute.kind is AttributeKind.RELATIONSHIP
        and attribute.collection
        and record.phase in {Phase.PERSISTENT, Phase.DETACHED}
    ):
        read_attribute(self, owner, name, node, state)
        record = catch_up(owner.id, state) or record
    if _is_there(record, attribute, value):
        return
    _doubt_members(record, name, state)
    _given_up(owner, record, attribute, state)
    dirty = record.dirty
    if record.phase is Phase.PERSISTENT and not _is_same(record, attribute, name, value):
        dirty = dirty | {name}
    if record.phase is Phase.PERSISTENT:
        begun(record.session, state)
        if record.expired is not None:
            # The flush that writes it loads it anew, with what comes along.
            note_below(self, refreshed(record), self.span(node), state)
        _doubt_representative(record, state)
    changed = attribute is not None and attribute.kind in {AttributeKind.COLUMN, AttributeKind.RELATIONSHIP}
    stale = tuple(item for item in record.stale if item[0] != name)
    state.put(
        owner.id,
        replace(
            record,
            attributes={**record.attributes, name: value},
            stale=stale,
            given=record.given | {name},
            borrowed=record.borrowed - {name},
            dirty=dirty if changed else record.dirty,
        ),
    )
    if attribute is not None and attribute.kind is AttributeKind.RELATIONSHIP:
        relate(owner, attribute, value, state)


def _doubt_representative(record: Instance, state: State) -> None:
    """One element of a collection is changed: what an UPDATE generates may not be there on the element
    that a loop within this one comes to."""
    whole = None if record.root is None else state.get(record.root)
    if isinstance(whole, Instance) and whole.plan is not None and whole.path == record.path:
        generated = frozenset(generated_by_update(record.model)) - whole.plan.doubtful
        if generated and record.root is not None:
            plan = replace(whole.plan, doubtful=whole.plan.doubtful | generated)
            state.put(record.root, replace(whole, plan=plan))


def _doubt_members(record: Instance, name: str, state: State) -> None:
    """What leaves a collection is written too: its key becomes NULL."""
    collection = state.object_of(record.attributes.get(name, UNKNOWN))
    if not isinstance(collection, ListObject):
        return
    for member in members(record.attributes[name], state):
        old = state.object_of(member)
        if isinstance(old, Instance) and isinstance(member, Ref) and old.plan is not None:
            doubtful = old.plan.doubtful.union(generated_by_update(old.model))
            state.put(member.id, replace(old, plan=replace(old.plan, doubtful=doubtful)))


def _given_up(owner: Ref, record: Instance, attribute: MappedAttribute | None, state: State) -> None:
    """What a to-one had before refers to nothing any more, where that side is a to-one, too (backref)."""
    if attribute is None or attribute.collection:
        return
    former = record.attributes.get(attribute.name, UNKNOWN)
    old = catch_up(former.id, state) if isinstance(former, Ref) else None
    reverse = None if old is None else old.model.attributes.get(attribute.back_populates)
    if old is None or reverse is None or reverse.collection or not isinstance(former, Ref):
        return
    if reverse.kind is AttributeKind.RELATIONSHIP and former.id != owner.id:
        dirty = old.dirty | {reverse.name} if old.phase is Phase.PERSISTENT else old.dirty
        attributes = {**old.attributes, reverse.name: NONE}
        given, borrowed = old.given | {reverse.name}, old.borrowed - {reverse.name}
        state.put(former.id, replace(old, attributes=attributes, given=given, borrowed=borrowed, dirty=dirty))


def _is_there(record: Instance, attribute: MappedAttribute | None, value: Value) -> bool:
    """The to-one has that very object already: nothing happens, nor does anything come into the session."""
    if attribute is None or attribute.kind is not AttributeKind.RELATIONSHIP or not isinstance(value, Ref):
        return False
    return record.attributes.get(attribute.name) == value


def _is_same(record: Instance, attribute: MappedAttribute | None, name: str, value: Value) -> bool:
    """The attribute has that very value, so that there is nothing to update."""
    if isinstance(value, Const) and record.attributes.get(name) == value:
        return True
    created = record.uncommitted or (record.plan is not None and record.plan.created)
    keys = () if attribute is None else attribute.foreign_keys
    return created and value == NONE and record.given.isdisjoint({name, *keys})


def relate(owner: Ref, attribute: MappedAttribute, value: Value, state: State) -> None:
    """Setting one side of a relationship sets the other side of a new object (backref)."""
    targets: tuple[Value, ...] = (value,)
    if isinstance(value, TupleValue):
        targets = value.items
    record = state.object_of(value)
    if isinstance(record, ListObject):
        targets = record.items or ()
        state.put(value.id, replace(record, owner=(owner.id, attribute.name))) if isinstance(
            value, Ref
        ) else None
    for target in targets:
        if isinstance(target, Ref):
            _set_other_side(owner, attribute, target, state)


def _set_other_side(owner: Ref, attribute: MappedAttribute, target: Ref, state: State) -> None:
    other = catch_up(target.id, state)
    mine = catch_up(owner.id, state)
    if other is None or mine is None:
        return
    other = replace(other, linked=True)
    reverse = other.model.attributes.get(attribute.back_populates)
    if reverse is not None and (not reverse.collection or other.phase in {Phase.TRANSIENT, Phase.PENDING}):
        known: Value = owner if not reverse.collection else other.attributes.get(reverse.name, UNKNOWN)
        if reverse.collection and known is UNKNOWN:
            known = state.new(ListObject(items=(owner,), owner=(target.id, reverse.name)))
        elif reverse.collection:
            _append(known, owner, state)
        other = replace(
            other, attributes={**other.attributes, reverse.name: known}, given=other.given | {reverse.name}
        )
    if reverse is not None and other.phase is Phase.PERSISTENT:
        written = other.dirty | {reverse.name} if _is_written(reverse, mine) else other.dirty
        other = replace(other, dirty=written, savepoint=other.savepoint or "changed")
    if (
        other.phase is Phase.TRANSIENT
        and mine.session is not None
        and mine.phase in {Phase.PENDING, Phase.PERSISTENT}
    ):
        other = replace(
            other, phase=Phase.PENDING, session=mine.session, seen=log_length(mine.session, state)
        )
    state.put(target.id, other)


def _append(collection: Value, item: Ref, state: State) -> None:
    record = state.object_of(collection)
    known = record.items if isinstance(record, ListObject) else None
    if isinstance(collection, Ref) and isinstance(record, ListObject) and known is not None:
        items = known if item in known else (*known, item)
        state.put(collection.id, replace(record, items=items))


def _is_written(reverse: MappedAttribute, mine: Instance) -> bool:
    """A flush writes the key of an object only when what it refers to is in the session; being
    referred to does not bring that there."""
    return reverse.collection or mine.phase is not Phase.TRANSIENT


def touch_collection(receiver: Ref, item: Value, state: State) -> None:
    """Adding to the collection of a new object sets it (TRUTH A(d))."""
    record = state.get(receiver.id)
    if not isinstance(record, ListObject) or record.owner is None:
        return
    owner_id, name = record.owner
    owner = catch_up(owner_id, state)
    if owner is None:
        return
    state.put(
        owner_id,
        replace(
            owner,
            given=owner.given | {name},
            attributes={**owner.attributes, name: owner.attributes.get(name, receiver)},
            dirty=owner.dirty | {name} if owner.phase is Phase.PERSISTENT else owner.dirty,
        ),
    )
    attribute = owner.model.attributes.get(name)
    if attribute is not None and isinstance(item, Ref):
        _set_other_side(Ref(owner_id), attribute, item, state)


def forget_attribute(value: Value, name: str, state: State) -> None:
    record = state.object_of(value)
    if isinstance(record, Instance) and isinstance(value, Ref):
        plan = None if record.plan is None else replace(record.plan, doubtful=record.plan.doubtful | {name})
        state.put(value.id, replace(record, attributes={**record.attributes, name: UNKNOWN}, plan=plan))
