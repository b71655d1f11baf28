"""Which row a primary key names: two loads by one key give one and the same object.

    order = await session.get(Order, key)
    again = (await session.scalars(select(Order).where(Order.id == key))).one()
    again is order                                     # the identity map has it (TRUTH A(a))

Two keys are the same when they are the same literal, the same name that nothing has rebound,
or the key of an instance in hand. Keys that are written differently are taken for different
rows. What is known is kept among the assumptions of the path, which forget it when a name of
the key is bound anew, and where paths meet that do not agree.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from asyncsa_lint.flow.evaluation import conditions
from asyncsa_lint.flow.evaluation.assumptions import assumption_key
from asyncsa_lint.flow.orm.lifetime import HAS_KEY, catch_up
from asyncsa_lint.flow.states.objects import Instance, Phase
from asyncsa_lint.flow.states.values import (
    MappedAttributeValue,
    ObjectId,
    Ref,
    SqlValue,
    Value,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.flow.states.state import State
    from asyncsa_lint.project.mapping.mapped_attributes import MappedAttribute
    from asyncsa_lint.project.symbols import ClassInfo

RowKey: TypeAlias = "tuple[object, ...]"
_LITERAL, _ROW, _STANDS = "literal", "row", "stands in"
GOT = "was got"


def spelled(self: Interpreter, key: ast.expr, cls: ClassInfo, state: State) -> RowKey | None:
    """The key of a row of the class as it is written here; None for an expression."""
    if isinstance(key, ast.Constant):
        return literal(key.value)
    if isinstance(key, ast.Attribute):
        owner = conditions.peek(self, key.value, state)
        record = state.object_of(owner)
        if isinstance(owner, Ref) and isinstance(record, Instance):
            attribute = record.model.attributes.get(key.attr)
            own = attribute is not None and attribute.primary_key and record.model.cls is cls
            return (_ROW, owner.id) if own else None
    return assumption_key(key)


def argument(node: ast.AST) -> ast.expr | None:
    """The key that a call of `get` or `get_one` names, when the call itself stands there."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if node.func.attr not in {"get", "get_one"}:
        return None
    named = next((k.value for k in node.keywords if k.arg == "ident"), None)
    return node.args[1] if len(node.args) > 1 else named


def condition(self: Interpreter, node: ast.Compare, column: Value, state: State) -> SqlValue | None:
    """`Order.id == key`: a condition that chooses one row; None for any other comparison."""
    if not isinstance(column, MappedAttributeValue) or len(node.ops) != 1:
        return None
    model = self.context.models.get(column.owner.cls)
    attribute = None if model is None else model.attributes.get(column.name)
    if model is None or attribute is None or not attribute.primary_key or _is_composite(model.attributes):
        return None
    key = spelled(self, node.comparators[0], model.cls, state)
    if key is None:
        return None
    if key[0] != _LITERAL:
        place = (self.module.name, node.lineno, node.col_offset)
        state.assume((*key, _STANDS, place), truth=True)
        key = (*key, _STANDS, place)
    return SqlValue(key=(column.owner, key))


def _is_composite(attributes: Mapping[str, MappedAttribute]) -> bool:
    return sum(attribute.primary_key for attribute in attributes.values()) > 1


def plain(key: RowKey | None, state: State) -> RowKey | None:
    """The key of a condition, if its names still mean what they meant there."""
    if key is None or key[0] == _LITERAL:
        return key
    return key[:-2] if state.assumed.get(key) else None


def holder(session: ObjectId | None, cls: ClassInfo, key: RowKey | None, state: State) -> ObjectId | None:
    """The instance of the session that is the row with this key."""
    if key is None or session is None:
        return None
    if key[0] == _ROW:
        return key[1] if _is_held(key[1], session, cls, state) else None  # type: ignore[return-value]  # an id
    for known in state.assumed:
        if known[:-1] == (*key, HAS_KEY) and _is_held(known[-1], session, cls, state):
            return known[-1]  # type: ignore[return-value]  # an id
    return None


def _is_held(ident: object, session: ObjectId, cls: ClassInfo, state: State) -> bool:
    record = catch_up(ident, state)  # type: ignore[arg-type]  # the last part of such a key is an id
    return (
        record is not None
        and record.session == session
        and record.model.cls is cls
        and record.phase is Phase.PERSISTENT
    )


def remember(ident: ObjectId, key: RowKey | None, state: State, *, got: bool = False) -> None:
    """The instance is the row with this key; `get` may have given it as it was."""
    if key is not None and key[0] != _ROW:
        state.assume((*key, HAS_KEY, ident), truth=True)
        if got:
            state.assume((*key, GOT, ident), truth=True)


def literal(value: object) -> RowKey:
    """The key that is this value."""
    return (_LITERAL, repr(value))


def is_literal(key: RowKey) -> bool:
    """The key is the same wherever it is written."""
    return key[0] == _LITERAL


def others(key: RowKey | None, state: State) -> frozenset[ObjectId]:
    """The instances whose keys are written differently: other rows."""
    if key is None:
        return frozenset()
    return frozenset(
        known[-1]  # type: ignore[misc]  # an id
        for known in state.assumed
        if len(known) > 2 and known[-2] == HAS_KEY and known[:-2] != key
    )
