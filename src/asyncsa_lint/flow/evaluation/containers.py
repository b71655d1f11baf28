"""Lists, sets, dicts and tuples: displays, methods, indexing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.evaluation.flags import told
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import DictObject, Instance, ListObject
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    NONE,
    SOME,
    UNKNOWN,
    Arguments,
    Const,
    ExternalValue,
    OptionsValue,
    Ref,
    ResultValue,
    TupleValue,
    Value,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def new_list(
    items: list[Value] | None, state: State, kind: str = "list", element: Value | None = None
) -> Value:
    """A list object; without items it has only a representative element."""
    return state.new(ListObject(items=None if items is None else tuple(items), element=element, kind=kind))


def note_empty(value: Value, state: State, row: Value = UNKNOWN) -> None:
    """On this path neither the collection nor one of the same elements has any, nor one made of each; nor
    has a result, with what stands for a row of it."""
    if isinstance(value, ResultValue):
        for cell in row.items if isinstance(row, TupleValue) else (row,):
            if isinstance(cell, Ref):
                state.new(ListObject(absent=cell))
        return
    record = state.object_of(value)
    if not isinstance(value, Ref) or not isinstance(record, ListObject):
        return
    element = record.element if isinstance(record.element, Ref) else record.per
    alike = [
        (ident, other)
        for ident, other in state.heap.items()
        if isinstance(other, ListObject)
        and other.items is None
        and isinstance(element, Ref)
        and element in (other.element, other.per)
    ]
    for ident, other in [(value.id, record), *alike]:
        state.put(ident, replace(other, items=(), element=None, absent=other.element))


def representative(record: ListObject) -> Value:
    """A value that stands for any element."""
    if record.items is None:
        return record.element if record.element is not None else UNKNOWN
    if not record.items:
        return UNKNOWN
    first = record.items[0]
    return first if all(item == first for item in record.items) else UNKNOWN


def element_of(value: Value, state: State) -> Value:
    """Any element of a collection value."""
    if isinstance(value, TupleValue):
        return value.items[0] if value.items and all(i == value.items[0] for i in value.items) else UNKNOWN
    record = state.object_of(value)
    if isinstance(record, ListObject):
        return representative(record)
    if isinstance(record, DictObject) and record.element is not None:
        return record.element
    return UNKNOWN


def subscript(self: Interpreter, value: Value, index: Value, state: State) -> Value:
    """`value[index]`."""
    if isinstance(value, TupleValue):
        if (
            isinstance(index, Const)
            and isinstance(index.value, int)
            and -len(value.items) <= index.value < len(value.items)
        ):
            return value.items[index.value]
        return UNKNOWN
    record = state.object_of(value)
    if isinstance(record, ListObject):
        if record.items is not None and isinstance(index, Const) and isinstance(index.value, int):
            if -len(record.items) <= index.value < len(record.items):
                return record.items[index.value]
            return UNKNOWN
        return representative(record)
    if isinstance(record, DictObject):
        if isinstance(index, Const) and index.value in record.items:
            return told(record, index.value, state)
        if record.missing and isinstance(value, Ref):
            return kept(value, record, index, new_list([], state, record.missing), state)
        if record.element is not None:
            return record.element
    return UNKNOWN


_COLLECTIONS = {"builtins.list": "list", "builtins.set": "set"}


def default_dict(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`defaultdict(list)`: a missing key gets a new list."""
    from asyncsa_lint.flow.calling.calls import out_of_sight

    made = arguments.get(0, "default_factory")
    kind = _COLLECTIONS.get(made.name) if isinstance(made, ExternalValue) else None
    if kind is None or len(arguments.values()) > 1 or arguments.opaque:
        return out_of_sight(self, arguments, node, state)
    return state.new(DictObject(missing=kind))


def kept(owner: Ref, record: DictObject, key: Value, made: Value, state: State) -> Value:
    """The collection that a dict has under the key, where `made` is what a new key gets.

    One collection stands for those of all keys that are not known: what is put into it may be in any.
    """
    if isinstance(key, Const) and not record.opaque:
        state.put(owner.id, replace(record, items={**record.items, key.value: made}))
        return made
    new, group = state.object_of(made), state.object_of(record.element or UNKNOWN)
    if not isinstance(made, Ref) or not isinstance(new, ListObject) or new.items != ():
        return UNKNOWN
    if record.element is not None:
        return record.element if isinstance(group, ListObject) and group.groups else UNKNOWN
    if record.opaque:
        return UNKNOWN
    state.put(made.id, replace(new, groups=True))
    state.put(owner.id, replace(record, element=made, opaque=True))
    return made


def list_method(
    self: Interpreter, receiver: Ref, name: str, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """`append`, `extend`, `pop`... on a list, set or relationship collection."""
    from asyncsa_lint.flow.orm.writing import touch_collection

    record = state.get(receiver.id)
    if not isinstance(record, ListObject):
        return UNKNOWN
    argument = arguments.positional[-1] if arguments.positional else UNKNOWN
    if name in {"append", "add", "insert", "appendleft"}:
        touch_collection(receiver, argument, state)
        if record.groups and record.items == ():
            state.put(receiver.id, replace(record, items=None, element=argument))
        elif record.items is not None:
            state.put(receiver.id, replace(record, items=(*record.items, argument)[-8:]))
        elif record.element is not None and record.element != argument:
            state.put(receiver.id, replace(record, element=_wider(record.element, argument, state)))
        return NONE
    if name in {"extend", "update"}:
        extended(self, receiver, argument, state)
        return NONE
    if name in {"pop", "popleft"}:
        return representative(record) if record.items is None or not record.items else record.items[-1]
    if name == "copy":
        return state.new(replace(record))
    if name in {"clear"}:
        state.put(receiver.id, replace(record, items=(), element=None))
    if name in {"index", "count"}:
        return UNKNOWN
    return NONE if name in {"remove", "discard", "sort", "reverse"} else UNKNOWN


def _wider(first: Value, second: Value, state: State) -> Value:
    one, other = state.object_of(first), state.object_of(second)
    if (
        isinstance(one, Instance)
        and isinstance(other, Instance)
        and one.plan == other.plan
        and one.session == other.session
    ):
        return first
    return UNKNOWN


def extended(self: Interpreter, old: Value, value: Value, state: State) -> Value:
    """`old + value` for collections and loader options; changes a list in place."""
    if isinstance(old, TupleValue) and isinstance(value, TupleValue):
        return TupleValue(old.items + value.items)
    record = state.object_of(old)
    if isinstance(old, Ref) and isinstance(record, ListObject):
        other = state.object_of(value)
        items: tuple[Value, ...] | None = None
        if isinstance(value, TupleValue):
            items = value.items
        elif isinstance(other, ListObject):
            items = other.items
        if items is not None and record.items is not None:
            state.put(old.id, replace(record, items=record.items + items))
        else:
            element = element_of(value, state)
            known = representative(record) if record.items != () else element
            state.put(
                old.id,
                ListObject(items=None, element=known if known == element else UNKNOWN, kind=record.kind),
            )
        return old
    if isinstance(old, OptionsValue) and isinstance(value, OptionsValue):
        return OptionsValue(old.options + value.options)
    if (
        isinstance(old, Const)
        and isinstance(value, Const)
        and isinstance(old.value, int)
        and isinstance(value.value, int)
    ):
        return UNKNOWN
    return UNKNOWN


def with_default(arguments: Arguments) -> Value:
    """`mapping.get(key, [])` on a mapping of unknown content: not None when the default is not."""
    default = arguments.get(1, "default")
    return UNKNOWN if default is None or default is UNKNOWN or default == NONE else SOME


def dict_method(self: Interpreter, receiver: Ref, name: str, arguments: Arguments, state: State) -> Value:
    """`get`, `items`, `values`, `setdefault`... on a dict."""
    record = state.get(receiver.id)
    if not isinstance(record, DictObject):
        return UNKNOWN
    key = arguments.get(0, "key")
    if name in {"get", "pop", "setdefault"}:
        if isinstance(key, Const) and key.value in record.items:
            return told(record, key.value, state)
        default = arguments.get(1, "default")
        if name == "setdefault" and isinstance(state.object_of(default or UNKNOWN), ListObject):
            return kept(receiver, record, key or UNKNOWN, default or UNKNOWN, state)
        if record.element is not None and not record.items:
            return record.element
        if record.opaque or not isinstance(key, Const):
            return with_default(arguments)
        return arguments.get(1, "default") or NONE
    every = [*record.items.values(), *([record.element] if record.element is not None else [])]
    same = every[0] if every and all(v == every[0] for v in every) else UNKNOWN
    exact = not record.opaque and record.element is None
    if name == "values":
        return new_list(list(record.items.values()), state) if exact else new_list(None, state, element=same)
    if name == "items":
        if exact:
            return new_list([TupleValue((Const(k), v)) for k, v in record.items.items()], state)
        return new_list(None, state, element=TupleValue((UNKNOWN, same)))
    if name == "keys":
        return new_list([Const(k) for k in record.items], state) if exact else UNKNOWN
    if name == "update":
        state.put(receiver.id, replace(record, opaque=True))
        return NONE
    if name == "copy":
        return state.new(replace(record))
    return UNKNOWN
