"""What two states have in common: the part of a state that can decide a verdict, as a key.

A function is interpreted once per *situation*: its arguments and all they reach, with
object identities numbered in order of discovery and everything left out that no verdict
depends on (texts, numbers, objects that neither hold nor are anything of interest). What
is left out of the key is also taken from the callee's sight, so a summary never rests on
it. The same key tells whether two paths still differ in anything that matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import (
    DictObject,
    HeapObject,
    Instance,
    ListObject,
    ProjectObject,
)
from asyncsa_lint.flow.states.state import State, object_key, references, renamed
from asyncsa_lint.flow.states.values import (
    KEY,
    NONE,
    PLACEHOLDER,
    SOME,
    UNKNOWN,
    Const,
    Key,
    ObjectId,
    Ref,
    SqlValue,
    TupleValue,
    Value,
)
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind

if TYPE_CHECKING:
    from asyncsa_lint.project.symbols import ClassInfo

MAX_OBJECTS = 600
"""Situations that reach more objects are not told apart: the analysis gives up on them."""
MAX_TEXT = 40
_NAME = re.compile(r"[^\W\d]\w*|[\w/-]+\.\w+(\.\w+)?")
"""A text that may be the name of an attribute, or of a template: `orders/list.html`."""


class Slimmer:
    """One slimming of values and the objects behind them."""

    __slots__ = ("_done", "_is_blind", "_running", "_state", "_texts")

    def __init__(self, state: State, is_blind: Callable[[ClassInfo], bool], *, texts: bool) -> None:
        self._state = state
        self._is_blind = is_blind
        self._texts = texts
        self._done: dict[ObjectId, HeapObject | None] = {}
        self._running: set[ObjectId] = set()

    def value(self, value: Value) -> Value:
        """The value as far as it matters; UNKNOWN when it does not."""
        kind = type(value)
        if kind is Ref:
            return value if self._matters(value.id) else UNKNOWN  # type: ignore[attr-defined]  # a Ref
        if kind is Const:
            return self._const(value)  # type: ignore[arg-type]
        if kind is Key:
            return UNKNOWN
        if isinstance(value, TupleValue):
            items = tuple([self.value(item) for item in value.items])
            if items and all(item is UNKNOWN for item in items):
                return UNKNOWN
            return replace(value, items=items)
        return value

    def _matters(self, ident: ObjectId) -> bool:
        """Decided by the object alone where possible: what it reaches is looked at when it is needed."""
        record = self._state.get(ident)
        if isinstance(record, ListObject | DictObject):
            return self.record(ident) is not None
        if isinstance(record, ProjectObject) and self._is_blind(record.cls):
            return self.record(ident) is not None
        return True

    def argument(self, value: Value) -> Value:
        """The value of a variable: of a thing that does not matter it is kept that it is not None."""
        slim = self.value(value)
        if slim is not UNKNOWN:
            return slim
        if type(value) is Ref and not (isinstance(value.id, tuple) and PLACEHOLDER in value.id):
            return UNKNOWN if self._state.get(value.id) is None else SOME
        return SOME if type(value) is Const or value is KEY else UNKNOWN

    def _const(self, value: Const) -> Value:
        inner = value.value
        if inner is None or isinstance(inner, bool):
            return value
        if self._texts and isinstance(inner, str) and len(inner) <= MAX_TEXT and _NAME.fullmatch(inner):
            return value
        return UNKNOWN

    def value_of(self, record: Instance, name: str, value: Value) -> Value:
        """The value of one attribute of an instance as far as it matters."""
        attribute = record.model.attributes.get(name)
        if attribute is not None and attribute.kind is AttributeKind.RELATIONSHIP:
            return self.value(value)
        return value if value == NONE or isinstance(value, SqlValue) else UNKNOWN

    def record(self, ident: ObjectId) -> HeapObject | None:
        """The object as far as it matters; None when it does not."""
        if ident in self._done:
            return self._done[ident]
        record = self._state.get(ident)
        if ident in self._running:
            return record
        self._running.add(ident)
        slim = self._slim(record)
        self._running.discard(ident)
        self._done[ident] = slim
        return slim

    def _slim(self, record: HeapObject | None) -> HeapObject | None:
        if isinstance(record, Instance):
            return self._instance(record)
        if isinstance(record, ProjectObject):
            kept = {n: v for n, old in record.attributes.items() if (v := self.value(old)) is not UNKNOWN}
            if self._is_blind(record.cls) and not any(type(v) is not Const for v in kept.values()):
                return None
            return (
                record
                if len(kept) == len(record.attributes) and kept == record.attributes
                else replace(record, attributes=kept)
            )
        if isinstance(record, ListObject):
            return self._list(record)
        if isinstance(record, DictObject):
            return self._dict(record)
        return record

    def _list(self, record: ListObject) -> HeapObject | None:
        if record.items is not None:
            items = tuple(self.value(item) for item in record.items)
            if record.owner is None and record.items and all(type(i) is Const or i is UNKNOWN for i in items):
                return None if not self._texts else replace(record, items=items)
            return record if items == record.items else replace(record, items=items)
        element = UNKNOWN if record.element is None else self.value(record.element)
        if record.owner is None and element is UNKNOWN:
            return None
        return record if element is record.element else replace(record, element=element)

    def _dict(self, record: DictObject) -> HeapObject | None:
        items = {k: v for k, old in record.items.items() if (v := self.value(old)) is not UNKNOWN}
        element = None if record.element is None else self.value(record.element)
        if all(type(v) is Const for v in items.values()) and element in (None, UNKNOWN):
            return None
        opaque = record.opaque or len(items) != len(record.items)
        return replace(record, items=items, element=element, opaque=opaque)

    def _instance(self, record: Instance) -> HeapObject:
        attributes = {name: self.value_of(record, name, value) for name, value in record.attributes.items()}
        return record if attributes == record.attributes else replace(record, attributes=attributes)


def situation(
    values: list[Value], state: State, is_blind: Callable[[ClassInfo], bool], *, texts: bool = False
) -> tuple[tuple[object, ...], list[ObjectId], dict[ObjectId, HeapObject], list[Value]] | None:
    """Key, ids in order of number, slim objects by id, slim values; None when too much is reachable."""
    slimmer = Slimmer(state, is_blind, texts=texts)
    slim = [slimmer.value(value) for value in values]
    numbers: dict[ObjectId, ObjectId] = {}
    order: list[ObjectId] = []
    heap: dict[ObjectId, HeapObject] = {}

    def number(ident: ObjectId) -> ObjectId:
        known = numbers.get(ident)
        if known is None:
            # Process-wide objects keep their names while nothing has changed them.
            if type(ident) is tuple and ident not in state.heap:
                return ident
            known = numbers[ident] = len(order)
            order.append(ident)
        return known

    key: list[object] = [renamed(value, number) for value in slim]
    position = 0
    while position < len(order):
        if position > MAX_OBJECTS:
            return None
        ident = order[position]
        position += 1
        record = slimmer.record(ident)
        if record is None:
            record = state.get(ident)
        if record is not None:
            heap[ident] = record
            key.append(object_key(record, number))
    return tuple(key), order, heap, slim


def reachable(values: Iterable[Value], state: State, limit: int = 400) -> list[ObjectId]:
    """Objects of this path that the values reach, nearest first."""
    found: dict[ObjectId, None] = {}

    def collect(ident: ObjectId) -> ObjectId:
        if type(ident) is not tuple or ident in state.heap:
            found.setdefault(ident)
        return ident

    for value in values:
        renamed(value, collect)
    waiting = list(found)
    for ident in waiting:
        if len(waiting) > limit:
            break
        record = state.get(ident)
        known = len(found)
        if record is not None:
            for mentioned in references(record):
                collect(mentioned)
        if len(found) > known:
            waiting.extend(list(found)[known:])
    return list(found)


def surroundings(
    values: Iterable[Value], state: State, slimmer: Slimmer
) -> dict[ObjectId, HeapObject] | None:
    """What the values reach, slim; None when it is too much to be told apart."""
    heap: dict[ObjectId, HeapObject] = {}
    waiting: list[ObjectId] = []

    def collect(ident: ObjectId) -> ObjectId:
        waiting.append(ident)
        return ident

    for value in values:
        renamed(value, collect)
    while waiting:
        ident = waiting.pop()
        if ident in heap or (type(ident) is tuple and ident not in state.heap):
            continue
        if len(heap) > MAX_OBJECTS:
            return None
        catch_up(ident, state)
        record = slimmer.record(ident)
        if record is None:
            record = state.get(ident)
        if record is not None:
            heap[ident] = record
            waiting.extend(references(record))
    return heap
