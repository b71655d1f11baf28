"""Builtins that read, wrap or pass on what they are given."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.flow import containers
from asyncsa_lint.flow.coroutines import lost
from asyncsa_lint.flow.instances import formatted, literal_name, write_attribute
from asyncsa_lint.flow.objects import DictObject, Instance, ListObject
from asyncsa_lint.flow.state import State
from asyncsa_lint.flow.values import (
    UNKNOWN,
    Arguments,
    ClassValue,
    Pending,
    Ref,
    ResultValue,
    SuperValue,
    TupleValue,
    Value,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.interpreter import Interpreter


def _argument(arguments: Arguments, position: int = 0) -> Value:
    return arguments.positional[position] if position < len(arguments.positional) else UNKNOWN


def _first(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    return _argument(arguments)


def _second(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    return _argument(arguments, 1)


def _collection(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    value = _argument(arguments)
    if not arguments.positional:
        return containers.new_list([], state)
    lost(self, node, value, "iterated", state)
    if isinstance(value, ResultValue | Pending):
        from asyncsa_lint.flow.loops import elements_of

        elements = elements_of(self, value, node, state)
        return containers.new_list(None, state, element=elements.element)
    record = state.object_of(value)
    if isinstance(record, ListObject):
        return state.new(ListObject(record.items, record.element, "list"))
    if isinstance(value, TupleValue):
        return containers.new_list(list(value.items), state)
    return UNKNOWN


def _keyed(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`sorted`, `min`, `max`: the key function is called with the elements."""
    made = _collection(self, key, arguments, node, state) if len(arguments.positional) == 1 else UNKNOWN
    function = arguments.keyword("key")
    element = containers.element_of(made, state)
    if function is not None and element is not UNKNOWN:
        from asyncsa_lint.flow.calls import call

        call(self, function, Arguments((element,)), node, state)
    return made if key == "sorted" else element


def _map(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    from asyncsa_lint.flow.calls import call

    element = containers.element_of(_argument(arguments, 1), state)
    if element is UNKNOWN:
        return UNKNOWN
    made = call(self, _argument(arguments), Arguments((element,)), node, state)
    return containers.new_list(None, state, element=made if key == "map" else element)


def _enumerate(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    element = containers.element_of(_collection(self, "", arguments, node, state), state)
    return containers.new_list(None, state, element=TupleValue((UNKNOWN, element)))


def _zip(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    elements = tuple(containers.element_of(value, state) for value in arguments.positional)
    return containers.new_list(None, state, element=TupleValue(elements))


def _reads(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    for value in arguments.positional:
        lost(self, node, value, "used as a value", state)
    return UNKNOWN


def _next(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    return containers.element_of(_argument(arguments), state)


def _bool(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    lost(self, node, _argument(arguments), "used in a truth test", state)
    return UNKNOWN


def _formatted(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    for value in arguments.positional:
        formatted(self, value, node, state)
    return UNKNOWN


def _getattr(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    from asyncsa_lint.flow.attributes import read

    value, name = _argument(arguments), literal_name(_argument(arguments, 1))
    if name:
        return read(self, value, name, node, state)
    return UNKNOWN


def _setattr(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`setattr(instance, name, value)`: with a computed name some column changes."""
    owner, name = _argument(arguments), literal_name(_argument(arguments, 1))
    record = state.object_of(owner)
    if isinstance(owner, Ref) and isinstance(record, Instance):
        if name:
            write_attribute(self, owner, name, _argument(arguments, 2), node, state)
        else:
            from asyncsa_lint.flow.lifetime import some_column_changed

            some_column_changed(owner.id, state)
    return UNKNOWN


def _dict(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    record = state.object_of(_argument(arguments))
    if isinstance(record, DictObject):
        return state.new(
            DictObject({**record.items, **dict(arguments.keywords)}, record.element, record.opaque)
        )
    opaque = bool(arguments.positional) or arguments.opaque
    return state.new(DictObject(dict(arguments.keywords), opaque=opaque))


def _super(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    if self.function is None or not self.function.facts.parameters:
        return UNKNOWN
    owner = self.context.owner_class(self.function)
    receiver = state.env.get(self.function.facts.parameters[0].name, UNKNOWN)
    return UNKNOWN if owner is None else SuperValue(receiver, owner)


def _type_of(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    from asyncsa_lint.flow.objects import ProjectObject

    record = state.object_of(_argument(arguments))
    if isinstance(record, Instance):
        return ClassValue(record.model.cls)
    if isinstance(record, ProjectObject) and record.exact:
        return ClassValue(record.cls)
    return UNKNOWN


def _encoder(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`jsonable_encoder` leaves out what is not loaded (TRUTH A(j)): nothing fails."""
    return UNKNOWN


CALLS: dict[str, Callable[..., Value]] = {
    "first": _first,
    "first_manager": _first,
    "second": _second,
    "collection": _collection,
    "sorted": _keyed,
    "keyed": _keyed,
    "map": _map,
    "filter": _map,
    "enumerate": _enumerate,
    "zip": _zip,
    "reads": _reads,
    "next": _next,
    "bool": _bool,
    "formatted": _formatted,
    "printed": _formatted,
    "getattr": _getattr,
    "setattr": _setattr,
    "dict": _dict,
    "super": _super,
    "type_of": _type_of,
    "encoder": _encoder,
}
