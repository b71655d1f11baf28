"""Binding targets: names, attributes, items, unpacking, `del`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.evaluation.containers import kept
from asyncsa_lint.flow.states.carried import given_away
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Application, DictObject, Instance, ListObject, ProjectObject
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN, Const, Ref, ResultValue, TupleValue, Value
from asyncsa_lint.flow.tasks.coroutines import bound, lost
from asyncsa_lint.flow.verdicts import Verdict, note

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def assign(self: Interpreter, target: ast.expr, value: Value, state: State, source: ast.expr) -> None:
    """Bind `value` to `target`."""
    if isinstance(target, ast.Name):
        if target.id in self.globals_declared or self.function is None:
            from asyncsa_lint.flow.tasks.escapes import stored_in_variable

            stored_in_variable(self, target.id, value, source, state)
        bound(self, target.id, value, state)
        state.set(target.id, value)
    elif isinstance(target, ast.Attribute):
        owner = self.eval(target.value, state)
        assign_attribute(self, owner, target, value, state, source)
    elif isinstance(target, ast.Subscript):
        _assign_item(self, target, value, state, source)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(self, target, value, state, source)
    elif isinstance(target, ast.Starred):
        assign(self, target.value, UNKNOWN, state, source)


def assign_attribute(
    self: Interpreter, owner: Value, target: ast.Attribute, value: Value, state: State, source: ast.expr
) -> None:
    """`owner.name = value`."""
    from asyncsa_lint.flow.orm.writing import write_attribute
    from asyncsa_lint.flow.tasks.escapes import stored_on

    if isinstance(source, ast.Attribute) and ast.unparse(source) == ast.unparse(target):
        return  # the value that it had: nothing changes, no UPDATE is sent

    record = state.object_of(owner)
    lost(self, target, owner, "used as a value", state)
    if record is None:
        given_away([value], state)
    if isinstance(record, Instance) and isinstance(owner, Ref):
        write_attribute(self, owner, target.attr, value, target, state)
        return
    stored_on(self, owner, target, value, source, state)
    if owner is UNKNOWN:
        note(self, target, target.attr, Verdict.UNKNOWN, state)
    if isinstance(record, ProjectObject | Application) and isinstance(owner, Ref):
        state.put(owner.id, replace(record, attributes={**record.attributes, target.attr: value}))
    if isinstance(target.value, ast.Name):
        state.forget_assumptions(target.value.id)


def _assign_item(
    self: Interpreter, target: ast.Subscript, value: Value, state: State, source: ast.expr
) -> None:
    from asyncsa_lint.flow.tasks.escapes import is_own_key, stored, stored_in_container

    owner = self.eval(target.value, state)
    key = self.eval(target.slice, state)
    record = state.object_of(owner)
    if not isinstance(owner, Ref):
        given_away([value], state)
        if owner is UNKNOWN and not is_own_key(key, value, state):
            stored_in_container(self, target.value, value, source, state)
        return
    if isinstance(owner.id, tuple) and not is_own_key(key, value, state):
        stored(self, value, "module", source, state)
    if isinstance(record, DictObject):
        if isinstance(key, Const):
            origins = tuple(each for each in record.origins if each[0] != key.value)
            state.put(owner.id, replace(record, items={**record.items, key.value: value}, origins=origins))
        elif kept(owner, record, key, value, state) is UNKNOWN:
            element = value if record.element in (None, value) else UNKNOWN
            state.put(owner.id, replace(record, element=element, opaque=True))
    elif isinstance(record, ListObject):
        element = value if record.element in (None, value) else UNKNOWN
        state.put(owner.id, replace(record, items=None, element=element))


def _unpack(
    self: Interpreter, target: ast.Tuple | ast.List, value: Value, state: State, source: ast.expr
) -> None:
    items: tuple[Value, ...] | None = None
    record = state.object_of(value)
    if isinstance(value, TupleValue):
        items = value.items
    elif isinstance(value, Const) and isinstance(value.value, tuple):
        items = tuple(Const(item) for item in value.value)
    elif isinstance(record, ListObject):
        items = record.items
        if items is None and record.element is not None:
            from asyncsa_lint.flow.evaluation.loops import fresh

            representative = record.element
            items = tuple(fresh(representative, state) for _ in target.elts)
    elif isinstance(value, ResultValue):
        from asyncsa_lint.flow.orm.results import row_value

        row = row_value(self, value, state, "unpacking", source)
        items = tuple(row for _ in target.elts)
    lost(self, source, value, "unpacked", state)
    starred = any(isinstance(element, ast.Starred) for element in target.elts)
    if items is None or (len(items) != len(target.elts) and not starred):
        for element in target.elts:
            assign(self, element, UNKNOWN, state, source)
        return
    if not starred:
        for element, item in zip(target.elts, items, strict=True):
            assign(self, element, item, state, source)
        return
    for position, element in enumerate(target.elts):
        known = position < len(items) and not isinstance(element, ast.Starred)
        if any(isinstance(e, ast.Starred) for e in target.elts[:position]):
            known = False
        assign(self, element, items[position] if known else UNKNOWN, state, source)


def augmented(self: Interpreter, statement: ast.AugAssign, state: State) -> None:
    """`x += value`: reads the target, then writes it."""
    from asyncsa_lint.flow.evaluation.containers import extended

    old = self.eval(_as_load(statement.target), state)
    value = self.eval(statement.value, state)
    result = extended(self, old, value, state) if isinstance(statement.op, ast.Add | ast.BitOr) else UNKNOWN
    if isinstance(statement.target, ast.Attribute) and isinstance(state.object_of(old), ListObject):
        return
    assign(self, statement.target, result, state, statement.value)


def _as_load(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    if isinstance(target, ast.Attribute):
        return ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
    if isinstance(target, ast.Subscript):
        return ast.copy_location(ast.Subscript(target.value, target.slice, ast.Load()), target)
    return target


def delete(self: Interpreter, target: ast.expr, state: State) -> None:
    """`del target`; deleting a mapped attribute does no I/O (TRUTH A(h))."""
    from asyncsa_lint.flow.orm.writing import forget_attribute

    if isinstance(target, ast.Name):
        state.set(target.id, UNKNOWN)
    elif isinstance(target, ast.Attribute):
        forget_attribute(self.eval(target.value, state), target.attr, state)
