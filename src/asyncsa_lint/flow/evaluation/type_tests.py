"""What a program asks of the kind of its values: `isinstance`, `type`, `callable`, `hasattr`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm.instances import literal_name
from asyncsa_lint.flow.states.objects import Engine, Instance, ProjectObject, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    FALSE,
    NONE,
    TRUE,
    UNKNOWN,
    Arguments,
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
    StatementValue,
    TupleValue,
    Value,
)
from asyncsa_lint.knowledge.sqlalchemy import KINDS

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def _argument(arguments: Arguments, position: int = 0) -> Value:
    return arguments.positional[position] if position < len(arguments.positional) else UNKNOWN


def hasattr_(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """It reads the attribute; a mapped class and its rows have those that are mapped, and their members.

    A name that is not known is taken to be one of them: what it was asked for is done then.
    """
    from asyncsa_lint.flow.evaluation.builtin_calls import getattr_

    getattr_(self, key, arguments, node, state)
    owner, name = _argument(arguments), literal_name(_argument(arguments, 1))
    record = state.object_of(owner)
    cls = owner.cls if isinstance(owner, ClassValue) else None
    if isinstance(record, Instance) and not record.nullable:
        cls = record.model.cls
    model = self.context.models.get(cls) if cls is not None else None
    if model is None:
        return UNKNOWN
    if not name:
        return TRUE if isinstance(owner, ClassValue) else UNKNOWN
    known = name in model.attributes or self.context.project.member(model.cls, name) is not None
    return TRUE if known else UNKNOWN


def type_of(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
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


def callable_(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
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


def isinstance_(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
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
