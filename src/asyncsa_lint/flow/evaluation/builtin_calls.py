"""Builtins that read, wrap or pass on what they are given."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.flow.evaluation import containers, type_tests
from asyncsa_lint.flow.evaluation.conditions import session_of_changes
from asyncsa_lint.flow.evaluation.special_methods import REPR, STR, formatted, read_fields
from asyncsa_lint.flow.orm.attribute_names import read_named
from asyncsa_lint.flow.orm.instances import literal_name, read_attribute
from asyncsa_lint.flow.orm.lifetime import catch_up, unknown
from asyncsa_lint.flow.orm.writing import write_attribute
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import DictObject, Instance, ListObject, ProjectObject
from asyncsa_lint.flow.states.state import VARIABLES, State
from asyncsa_lint.flow.states.values import (
    NONE,
    UNKNOWN,
    Arguments,
    AttributeNames,
    Const,
    LibraryMethod,
    Pending,
    Ref,
    ResultValue,
    SuperValue,
    TupleValue,
    TypeValue,
    Value,
)
from asyncsa_lint.flow.tasks.coroutines import asked, is_awaitable, is_coroutine_function, lost
from asyncsa_lint.flow.tasks.escapes import holder_of, stored_on

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


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
        from asyncsa_lint.flow.evaluation.loops import elements_of

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
        from asyncsa_lint.flow.calling.calls import call

        call(self, function, Arguments((element,)), node, state)
    return made if key == "sorted" else element


def _map(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`map`, `filter`: the function is called with some element, also with one of which nothing is known."""
    from asyncsa_lint.flow.calling.calls import call

    elements = state.object_of(_argument(arguments, 1))
    if isinstance(elements, ListObject) and elements.items == ():
        return UNKNOWN
    element = containers.element_of(_argument(arguments, 1), state)
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


def _len(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`len(instance)` runs the class's own method."""
    from asyncsa_lint.flow.calling.calls import call_function

    value = _argument(arguments)
    record = state.object_of(value)
    if isinstance(record, Instance | ProjectObject):
        cls = record.model.cls if isinstance(record, Instance) else record.cls
        method = self.context.project.method(cls, "__len__")
        if method is not None:
            call_function(self, method, Arguments((value,)), node, state)
    return _reads(self, key, arguments, node, state)


def _range(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`range(n)`: at least one turn for a positive literal, else perhaps none."""
    values = arguments.positional
    if len(values) == 1 and isinstance(values[0], Const) and isinstance(values[0].value, int):
        return TupleValue(tuple(UNKNOWN for _ in range(min(values[0].value, 9))))
    return containers.new_list(None, state, element=UNKNOWN)


def _fields(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`asdict`, `astuple`, `replace` of a dataclass read every field."""
    read_fields(self, _argument(arguments), "", node, state)
    return UNKNOWN


def _vars(_: Interpreter, __: str, arguments: Arguments, ___: ast.Call, state: State) -> Value:
    value = _argument(arguments)
    return LibraryMethod(value, "inspection", "dict") if isinstance(value, Ref) else UNKNOWN


def _id(_: Interpreter, __: str, arguments: Arguments, ___: ast.Call, ____: State) -> Value:
    """`id(session)`: a number that tells of which object it is."""
    value = _argument(arguments)
    return LibraryMethod(value, "identity", "id") if isinstance(value, Ref | TypeValue) else UNKNOWN


def _next(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    return containers.element_of(_argument(arguments), state)


def _bool(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    value = _argument(arguments)
    asked(self, node.args[0] if node.args else node, value, "used in a truth test", state)
    if isinstance(value, Const):
        return Const(bool(value.value))
    return UNKNOWN if session_of_changes(value) is None else value


def _formatted(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    for value in arguments.positional:
        formatted(self, value, node, state, REPR if key == "represented" else STR)
    return UNKNOWN


def _grouped(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`groupby(rows, key)`: pairs of a key and some of the rows."""
    from asyncsa_lint.flow.calling.calls import call

    made = _collection(self, key, arguments, node, state)
    element = containers.element_of(made, state)
    function = arguments.get(1, "key")
    called: Value = UNKNOWN
    if function is not None and function != NONE and element is not UNKNOWN:
        called = call(self, function, Arguments((element,)), node, state)
    group = containers.new_list(None, state, element=element)
    return containers.new_list(None, state, element=TupleValue((called, group)))


def getattr_(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    from asyncsa_lint.flow.evaluation.attributes import read

    value, name = _argument(arguments), literal_name(_argument(arguments, 1))
    if name:
        return read(self, value, name, node, state)
    names = _argument(arguments, 1)
    if isinstance(names, AttributeNames):
        read_named(self, value, names, node, state)
    return UNKNOWN


def _setattr(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`setattr(instance, name, value)`: with a computed name some column changes."""
    owner, name = _argument(arguments), literal_name(_argument(arguments, 1))
    record = state.object_of(owner)
    if isinstance(owner, Ref) and isinstance(record, Instance):
        if name:
            write_attribute(self, owner, name, _argument(arguments, 2), node, state)
        else:
            from asyncsa_lint.flow.orm.lifetime import some_attribute_set

            some_attribute_set(owner.id, state)
    elif name and holder_of(owner, state):
        target = ast.copy_location(ast.Attribute(node.args[0], name, ast.Store()), node)
        stored_on(self, owner, target, _argument(arguments, 2), node.args[-1], state)
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
    name = self.function.facts.parameters[0].name
    state.touch(VARIABLES, name)
    receiver = state.env.get(name, UNKNOWN)
    return UNKNOWN if owner is None else SuperValue(receiver, owner)


def _set_committed(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`set_committed_value(instance, "name", value)`: as if the value had been loaded."""
    owner, name = _argument(arguments), literal_name(_argument(arguments, 1))
    record = catch_up(owner.id, state) if isinstance(owner, Ref) else None
    if isinstance(owner, Ref) and record is not None:
        if name:
            attributes = {**record.attributes, name: _argument(arguments, 2)}
            state.put(owner.id, replace(record, attributes=attributes, borrowed=record.borrowed - {name}))
        else:
            state.put(owner.id, unknown(record))
    return UNKNOWN


def _encoder(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`jsonable_encoder` leaves out what is not loaded (TRUTH A(j)), but calls `asdict` of a dataclass."""
    value = _argument(arguments)
    for each in (value, containers.element_of(value, state)):
        read_fields(self, each, "", node, state)
    return UNKNOWN


def _members(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`inspect.getmembers(instance)` reads every attribute, in the order of their names."""
    value = _argument(arguments)
    record = state.object_of(value)
    for name in sorted(record.model.attributes) if isinstance(record, Instance) else ():
        read_attribute(self, value, name, node, state)
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
    "len": _len,
    "range": _range,
    "fields": _fields,
    "vars": _vars,
    "id": _id,
    "next": _next,
    "bool": _bool,
    "formatted": _formatted,
    "printed": _formatted,
    "represented": _formatted,
    "grouped": _grouped,
    "defaultdict": containers.default_dict,
    "getattr": getattr_,
    "hasattr": type_tests.hasattr_,
    "setattr": _setattr,
    "callable": type_tests.callable_,
    "isinstance": type_tests.isinstance_,
    "is_awaitable": is_awaitable,
    "is_coroutine_function": is_coroutine_function,
    "set_committed": _set_committed,
    "dict": _dict,
    "super": _super,
    "type_of": type_tests.type_of,
    "encoder": _encoder,
    "members": _members,
}
