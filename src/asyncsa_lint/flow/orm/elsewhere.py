"""Rows that another load may have filled: looked for before a read is said to fail.

    order = await session.get(Order, key, options=[selectinload(Order.items)])
    for item in await session.scalars(select(Item).options(joinedload(Item.order))):
        item.order.items        # there, if it is the order in hand

`flow.orm.held` knows what a statement gives that may be in hand. Here it is asked of any row,
whichever way it was come by, and only once something is about to be reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncsa_lint.flow.events import ReadFailure
from asyncsa_lint.flow.orm.held import OPTIONS
from asyncsa_lint.flow.orm.lifetime import catch_up, has_key
from asyncsa_lint.flow.orm.plans import Loading, Plan
from asyncsa_lint.flow.orm.trails import Step
from asyncsa_lint.flow.states.objects import Instance, ListObject
from asyncsa_lint.flow.states.values import UNKNOWN, ObjectId

if TYPE_CHECKING:
    from asyncsa_lint.flow.calling.summaries import PendingRead
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.flow.states.state import State
    from asyncsa_lint.project.mapping.mapped_attributes import MappedAttribute, ModelInfo
    from asyncsa_lint.project.symbols import ClassInfo

_HOPS = 3
_MISSING = frozenset({ReadFailure.NOT_LOADED, ReadFailure.DETACHED, ReadFailure.RAISELOAD})


def loaded_elsewhere(
    self: Interpreter, ident: ObjectId, read: PendingRead, state: State, *, below: bool = False
) -> bool:
    """The session may hold the very row with the attribute loaded, by another way than this one.

    The row is the instance of this id, or one `below` it that a callee has read.
    """
    record = state.get(ident)
    if not isinstance(record, Instance) or record.session is None:
        return False
    lineage = self.context.lineage(read.attribute.owner if below else record.model.cls)
    heap = list(state.heap.items())
    if any(isinstance(each, ListObject) and _may_hold(each, record, lineage, state) for _, each in heap):
        return True
    made = record.plan is not None and record.plan.created and not below
    if made or record.expired is not None or read.failure not in _MISSING:
        # It was not loaded, or whatever was loaded is gone.
        return False
    keyed = has_key(ident, state) and not below
    path = (*record.path, *read.steps) if below else record.path
    for known, other in heap:
        if not isinstance(other, Instance) or other.session != record.session:
            continue
        # Of one class they would be one object if they had one key; a subclass may have that row, too.
        apart = keyed and has_key(known, state) and other.model.cls is record.model.cls
        if apart or _is_of_one_load(known, other, ident, record, path):
            continue
        caught = catch_up(known, state)
        if (
            caught is not None
            and caught.expired is None
            and _has(self, caught, lineage, read.attribute, state)
        ):
            state.touch(known, OPTIONS)
            state.touch(known, "**")
            return True
    return False


def _may_hold(other: ListObject, record: Instance, lineage: frozenset[ClassInfo], state: State) -> bool:
    """The path takes a list of rows of the class for empty, and goes on with such a row: what the path
    would do to the rows of the list it may do to this one. Or paths were joined that do not agree on what
    the rows of the list have."""
    taken = other.absent is not None
    element = state.object_of((other.absent if taken else other.element) or UNKNOWN)
    if not isinstance(element, Instance) or element is record or element.path:
        return False
    joined = element.plan is None and element.options is not None and element.loaded_at is not None
    mine = element.session == record.session if taken else joined
    return mine and element.model.cls in lineage


def _is_of_one_load(
    known: ObjectId, other: Instance, ident: ObjectId, record: Instance, path: tuple[Step, ...]
) -> bool:
    """Both have come with one row: what that load gives stands in its plan.

    A to-one at the end of several steps may lead back to where they began.
    """
    first = known if other.root is None else other.root
    if first != (ident if record.root is None else record.root):
        return False
    return len(path) < 2 or path[-1][2] or len(other.path) > len(path) - 2


def _has(
    self: Interpreter,
    other: Instance,
    lineage: frozenset[ClassInfo],
    attribute: MappedAttribute,
    state: State,
) -> bool:
    """The instance has the attribute, or brings along rows of the class that have it.

    An unknown value may stand for a read that has failed, if there was one on this path.
    """
    if other.plan is None or other.plan.created:
        return False
    if other.model.cls in lineage:
        value = other.attributes.get(attribute.name)
        if value is not None and (value is not UNKNOWN or not state.broken):
            return True
        mapped = other.model.attributes.get(attribute.name)
        if mapped is not None and other.plan.look_up(other.model, mapped)[0] is Loading.LOADED:
            return True
    return _brings(self, other.model, other.plan, lineage, attribute, _HOPS)


def _brings(
    self: Interpreter,
    model: ModelInfo,
    plan: Plan,
    lineage: frozenset[ClassInfo],
    wanted: MappedAttribute,
    hops: int,
) -> bool:
    for each in model.attributes.values():
        target = None if each.target is None else self.context.models.get(each.target)
        if target is None:
            continue
        loading, child = plan.look_up(model, each)
        if loading is not Loading.LOADED:
            continue
        mapped = target.attributes.get(wanted.name) if target.cls in lineage else None
        if mapped is not None and child.look_up(target, mapped)[0] is Loading.LOADED:
            return True
        if hops > 1 and _brings(self, target, child, lineage, wanted, hops - 1):
            return True
    return False
