"""Builtins that read, wrap or pass on what they are given."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.flow.evaluation import containers
from asyncsa_lint.flow.evaluation.special_methods import REPR, STR, formatted, read_fields
from asyncsa_lint.flow.orm.attribute_names import read_named
from asyncsa_lint.flow.orm.instances import literal_name, read_attribute
from asyncsa_lint.flow.orm.lifetime import catch_up, unknown
from asyncsa_lint.flow.orm.writing import write_attribute
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import DictObject, Engine, Instance, ListObject, ProjectObject, Session
from asyncsa_lint.flow.states.state import VARIABLES, State
from asyncsa_lint.flow.states.values import (
    FALSE,
    NONE,
    TRUE,
    UNKNOWN,
    Arguments,
    AttributeNames,
    BoundMethod,
    ClassValue,
    Const,
    ExternalValue,
    FunctionValue,
    LambdaValue,
    LibraryMethod,
    MappedAttributeValue,
    OptionsValue,
    Partial,
    Pending,
    Ref,
    ResultValue,
    StatementValue,
    SuperValue,
    TupleValue,
    TypeValue,
    Value,
)
from asyncsa_lint.flow.tasks.coroutines import asked, is_awaitable, is_coroutine_function, lost
from asyncsa_lint.flow.tasks.escapes import holder_of, stored_on
from asyncsa_lint.knowledge.sqlalchemy import KINDS

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
    asked(self, node.args[0] if node.args else node, _argument(arguments), "used in a truth test", state)
    return UNKNOWN


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


def _getattr(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
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


def _type_of(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """The class of a row is open where it has heirs: any of them may be meant."""
    record = state.object_of(_argument(arguments))
    if isinstance(record, Instance):
        made = record.plan is not None and record.plan.created
        open_ = not made and self.context.project.subclasses(record.model.cls)
        return UNKNOWN if open_ else ClassValue(record.model.cls)
    if isinstance(record, ProjectObject) and record.exact:
        return ClassValue(record.cls)
    return UNKNOWN


_PLAIN_TYPES = frozenset(
    {"str", "bytes", "int", "float", "bool", "dict", "list", "tuple", "set", "frozenset", "type"}
)


def _callable(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """Functions, methods and classes are; None and other constants are not."""
    value = _argument(arguments)
    if isinstance(value, BoundMethod | FunctionValue | LambdaValue | ClassValue | LibraryMethod | Partial):
        return TRUE
    return FALSE if isinstance(value, Const | TupleValue) else UNKNOWN


def _no_class_of_none(self: Interpreter, wanted: Value) -> bool:
    """Classes of the project and of libraries that None is no instance of."""
    if isinstance(wanted, TupleValue):
        return bool(wanted.items) and all(_no_class_of_none(self, each) for each in wanted.items)
    if isinstance(wanted, ExternalValue):
        return wanted.name not in _CLASSES_OF_NONE
    return isinstance(wanted, ClassValue) and not self.context.implementers.is_protocol(wanted.cls)


_CLASSES_OF_NONE = frozenset(
    {"builtins.object", "object", "types.NoneType", "collections.abc.Hashable", "typing.Hashable"}
)


def _is_of(record: Engine | Session, wanted: Value) -> bool | None:
    """An engine, session or connection of one kind is none of the other kind."""
    kind = "engine" if isinstance(record, Engine) else record.kind
    own, other = KINDS.get((kind, record.is_async), (frozenset(), frozenset()))
    name = wanted.name if isinstance(wanted, ExternalValue) else ""
    return True if name in own else False if name in other else None


def _all_plain(wanted: Value) -> bool:
    """`str`, `(tuple, list)`: types of Python itself."""
    return all(
        isinstance(each, ExternalValue) and each.name.removeprefix("builtins.") in _PLAIN_TYPES
        for each in (wanted.items if isinstance(wanted, TupleValue) else (wanted,))
    )


def _isinstance(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """Known for None and objects of the project; a subclass of the declared class may still be meant."""
    value, wanted = _argument(arguments), _argument(arguments, 1)
    record = state.object_of(value)
    if value == NONE:
        return FALSE if _no_class_of_none(self, wanted) else UNKNOWN
    if isinstance(record, Engine | Session):
        classes = wanted.items if isinstance(wanted, TupleValue) else (wanted,)
        known = {_is_of(record, each) for each in classes}
        return TRUE if True in known else UNKNOWN if None in known else FALSE
    if isinstance(value, MappedAttributeValue | OptionsValue | StatementValue) and _all_plain(wanted):
        return FALSE
    if not isinstance(record, Instance | ProjectObject) or getattr(record, "nullable", False):
        return UNKNOWN
    cls = record.model.cls if isinstance(record, Instance) else record.cls
    project = self.context.project
    possible = [project.mro(each) for each in (cls, *project.subclasses(cls))]
    answers: set[bool | None] = set()
    for each in wanted.items if isinstance(wanted, TupleValue) else (wanted,):
        if isinstance(each, ClassValue):
            structural = self.context.implementers.is_protocol(each.cls)
            if each.cls in possible[0] or (structural and self.context.implementers.fits(cls, each.cls)):
                return TRUE
            answers.add(None if structural or any(each.cls in mro for mro in possible) else False)
        elif _all_plain(each):
            answers.add(False if isinstance(record, Instance) else None)
        else:
            answers.add(None)
    return FALSE if answers == {False} else UNKNOWN


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
    "getattr": _getattr,
    "setattr": _setattr,
    "callable": _callable,
    "isinstance": _isinstance,
    "is_awaitable": is_awaitable,
    "is_coroutine_function": is_coroutine_function,
    "set_committed": _set_committed,
    "dict": _dict,
    "super": _super,
    "type_of": _type_of,
    "encoder": _encoder,
    "members": _members,
}
