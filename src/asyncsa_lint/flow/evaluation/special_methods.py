"""Methods that Python calls by itself and that read attributes: `__repr__`, `__str__`, `__eq__`.

A mapped dataclass has generated ones, which read every field, relationships included
(TRUTH A(h)-(i)); the defaults of other mapped classes read nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.evaluation.containers import element_of
from asyncsa_lint.flow.orm.instances import read_attribute
from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.states.objects import Instance
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import Arguments, Ref, Value
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, MappedAttribute

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.mapping.mapped_attributes import ModelInfo

_SHORT_CIRCUIT = (3, 13)
_FIELDS = {AttributeKind.COLUMN, AttributeKind.RELATIONSHIP}


def formatted(self: Interpreter, value: Value, node: ast.AST, state: State) -> None:
    """`f"{instance}"`, `str(instance)`: runs the model's `__str__` or `__repr__`."""
    from asyncsa_lint.flow.calling.calls import call_function

    record = catch_up(value.id, state) if isinstance(value, Ref) else None
    if record is None:
        return
    for name in ("__str__", "__repr__"):
        method = self.context.project.method(record.model.cls, name)
        if method is not None:
            call_function(self, method, Arguments((value,)), node, state)
            return
    if record.model.is_dataclass:
        read_fields(self, value, "in_repr", node, state)


def read_fields(self: Interpreter, value: Value, wanted: str, node: ast.AST, state: State) -> None:
    """What a dataclass's generated method reads: the fields that take part (TRUTH A(i))."""
    record = state.object_of(value)
    if not isinstance(record, Instance) or not record.model.is_dataclass:
        return
    for attribute in _fields(record.model, wanted):
        read_attribute(self, value, attribute.name, node, state)


def _fields(model: ModelInfo, wanted: str) -> list[MappedAttribute]:
    return [
        attribute
        for attribute in model.attributes.values()
        if attribute.kind in _FIELDS and (not wanted or getattr(attribute, wanted))
    ]


def compared(
    self: Interpreter, op: ast.cmpop, left: Value, right: Value, node: ast.AST, state: State
) -> None:
    """`==` of dataclasses compares their fields, also for `in`; other mapped classes compare identity.

    Since Python 3.13 the generated `__eq__` stops at the first field that differs, and an object
    equals itself unseen (observed): of two objects only the first field is surely read.
    """
    if isinstance(op, ast.In | ast.NotIn):
        left = element_of(right, state)
    elif not isinstance(op, ast.Eq | ast.NotEq):
        return
    record = state.object_of(left)
    if (
        isinstance(record, Instance)
        and record.model.is_dataclass
        and self.context.project.method(record.model.cls, "__eq__") is None
    ):
        fields = _fields(record.model, "in_compare")
        if self.context.versions.python >= _SHORT_CIRCUIT:
            fields = [] if left == right else fields[:1]
        for attribute in fields:
            read_attribute(self, left, attribute.name, node, state)
