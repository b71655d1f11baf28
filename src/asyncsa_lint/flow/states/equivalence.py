"""Whether two paths still differ in anything that a verdict can depend on.

Paths that part share nearly everything: only variables and objects that are not the very
same on both are looked at, with the objects of one path put in relation to those of the
other step by step, as `flow.calling.matching` does for summaries. What `flow.calling.situations` takes
for unimportant (texts, numbers, plain objects of the project) may differ.
"""

from __future__ import annotations

from asyncsa_lint.flow.calling.situations import MAX_OBJECTS, Slimmer
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import (
    DictObject,
    HeapObject,
    Instance,
    ListObject,
    ProjectObject,
    Session,
)
from asyncsa_lint.flow.states.state import NAMING, State, object_key, references, renamed, renamed_use
from asyncsa_lint.flow.states.values import UNKNOWN, Const, Key, ObjectId, Ref, TupleValue, Value

_MAYBE_PLAIN = (TupleValue, Key)
"""Values that may turn out to hold nothing that matters."""

_DROPPED = (ListObject, DictObject, ProjectObject)
"""What slimming leaves out altogether when it holds nothing that matters."""


def equivalent(first: State, second: State) -> bool:
    """The paths need not be told apart."""
    if first.env is second.env and first.heap is second.heap:
        return first.uses == second.uses and first.tasks == second.tasks and first.locks == second.locks
    if _glance(first) != _glance(second):
        return False
    return _Comparison(first, second).holds()


def _glance(state: State) -> object:
    """What is seen of a path at a glance: equal for equivalent ones, kept until the path goes on."""
    if state.glance is None:
        state.glance = frozenset(
            [(name, seen) for name, value in state.env.items() if (seen := _seen(value, state)) is not None]
        )
    return state.glance


def _seen(value: Value, state: State) -> object:
    """A hashable part of what is important in the value; None when none of it may be."""
    kind = type(value)
    if kind is Const:
        inner = value.value  # type: ignore[attr-defined]  # a Const
        return str(inner) if inner is None or type(inner) is bool else None
    if kind is not Ref:
        return None if value is UNKNOWN or kind in _MAYBE_PLAIN else kind
    record = state.get(value.id)  # type: ignore[attr-defined]  # a Ref
    if isinstance(record, Instance):
        return (
            record.model.name,
            record.phase,
            record.expired is None,
            record.plan is None,
            len(record.attributes),
        )
    if isinstance(record, Session):
        return (len(record.log), record.is_closed, record.in_transaction, record.origin)
    return None


def plain(value: Value | None) -> bool:
    """Nothing rests on it: unknown, or a text or number."""
    return value is None or value is UNKNOWN or (type(value) is Const and type(value.value) in (int, str))


def _with_elements(record: HeapObject | None) -> HeapObject | None:
    """A list that a path has taken for empty is no reason to go on apart from the one that has not."""
    if isinstance(record, ListObject) and record.absent is not None:
        return replace(record, items=None, element=record.absent, absent=None)
    return record


def takes_for_empty(state: State) -> bool:
    """The path takes a list of rows for empty."""
    return any(type(record) is ListObject and record.absent is not None for record in state.heap.values())


def _all_inert(_: object) -> bool:
    return True


class _Comparison:
    """One comparison; objects of the paths are numbered in pairs as they are met."""

    __slots__ = ("_first", "_left", "_lefts", "_right", "_rights", "_second", "_slim_left", "_slim_right")

    def __init__(self, first: State, second: State) -> None:
        self._first = first
        self._second = second
        self._lefts: list[ObjectId] = []
        self._rights: list[ObjectId] = []
        self._left: dict[ObjectId, ObjectId] = {}
        self._right: dict[ObjectId, ObjectId] = {}
        self._slim_left: Slimmer | None = None
        self._slim_right: Slimmer | None = None

    def holds(self) -> bool:
        first, second = self._first, self._second
        if len(first.tasks) != len(second.tasks) or len(first.uses) != len(second.uses):
            return False
        if not self._variables():
            return False
        if not all(self._pair(one, two) for one, two in zip(first.tasks, second.tasks, strict=True)):
            return False
        return self._process_wide() and self._objects() and self._uses()

    def _process_wide(self) -> bool:
        """Objects that outlive the function and that a path has changed."""
        changed = {
            ident for heap in (self._first.heap, self._second.heap) for ident in heap if type(ident) is tuple
        }
        return all(
            self._first.heap.keys() >= {i} <= self._second.heap.keys() and self._pair(i, i) for i in changed
        )

    def _variables(self) -> bool:
        first, second = self._first.env, self._second.env
        heap, other = self._first.heap, self._second.heap
        for name, one in first.items():
            two = second.get(name, UNKNOWN)
            if one is two and type(one) not in NAMING:
                continue
            if one is two and type(one) is Ref and heap.get(one.id) is other.get(one.id):
                if not self._pair(one.id, one.id):
                    return False
            elif not (plain(one) and plain(two)) and not self._same(
                self._slim(one, left=True), self._slim(two, left=False)
            ):
                return False
        if first.keys() >= second.keys():
            return True
        return all(
            plain(two) or name in first or self._slim(two, left=False) is UNKNOWN
            for name, two in second.items()
        )

    def _slim(self, value: Value, *, left: bool) -> Value:
        return self._slimmer(left=left).value(value)

    def _slimmer(self, *, left: bool) -> Slimmer:
        if self._slim_left is None or self._slim_right is None:
            self._slim_left = Slimmer(self._first, _all_inert, texts=False)
            self._slim_right = Slimmer(self._second, _all_inert, texts=False)
        return self._slim_left if left else self._slim_right

    def _same(self, one: Value, two: Value) -> bool:
        """The values correspond; what they refer to is put in relation."""
        if type(one) is Ref and type(two) is Ref:
            return self._pair(one.id, two.id)
        if type(one) is not type(two):
            return False
        return renamed(one, self._number_left) == renamed(two, self._number_right) and len(
            self._lefts
        ) == len(self._rights)

    def _pair(self, one: ObjectId, two: ObjectId) -> bool:
        return self._number_left(one) == self._number_right(two) and len(self._lefts) == len(self._rights)

    def _number_left(self, ident: ObjectId) -> ObjectId:
        if type(ident) is tuple and ident not in self._first.heap:
            return ident
        known = self._left.get(ident)
        if known is None:
            known = self._left[ident] = len(self._lefts)
            self._lefts.append(ident)
        return known

    def _number_right(self, ident: ObjectId) -> ObjectId:
        if type(ident) is tuple and ident not in self._second.heap:
            return ident
        known = self._right.get(ident)
        if known is None:
            known = self._right[ident] = len(self._rights)
            self._rights.append(ident)
        return known

    def _objects(self) -> bool:
        """The objects put in relation are alike, and all that they lead to."""
        position = 0
        while position < len(self._lefts):
            if position > MAX_OBJECTS:
                return False
            one, two = self._lefts[position], self._rights[position]
            position += 1
            left, right = self._first.get(one), self._second.get(two)
            if left is right and left is not None:
                if not all(self._pair(child, child) for child in references(left)):
                    return False
            elif not self._alike(self._record(one, left, left=True), self._record(two, right, left=False)):
                return False
        return True

    def _record(self, ident: ObjectId, record: HeapObject | None, *, left: bool) -> HeapObject | None:
        slim = self._slimmer(left=left).record(ident)
        return record if slim is None and not isinstance(record, _DROPPED) else slim

    def _alike(self, left: HeapObject | None, right: HeapObject | None) -> bool:
        left, right = _with_elements(left), _with_elements(right)
        if left is None or right is None or type(left) is not type(right):
            return left is right
        if isinstance(left, Session) and isinstance(right, Session) and left.log != right.log:
            return False
        return object_key(left, self._number_left) == object_key(right, self._number_right) and len(
            self._lefts
        ) == len(self._rights)

    def _uses(self) -> bool:
        first, second = self._first, self._second
        if first.uses == second.uses and first.locks == second.locks:
            return True
        back = dict(zip(self._rights, self._lefts, strict=True))

        def rename(ident: ObjectId) -> ObjectId:
            return back.get(ident, ident)

        return first.uses == {renamed_use(use, rename) for use in second.uses} and first.locks == {
            rename(lock) for lock in second.locks
        }
