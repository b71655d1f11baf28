"""Taking rows out of results: Result, ScalarResult, AsyncResult and their methods."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.findings import Edit, Fix, Related, Span
from asyncsa_lint.flow.evaluation import containers
from asyncsa_lint.flow.events import JoinedCollectionConsumed
from asyncsa_lint.flow.orm import keys
from asyncsa_lint.flow.orm.held import with_held
from asyncsa_lint.flow.orm.instances import log_length
from asyncsa_lint.flow.orm.served import tie
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import DictObject, Instance, Phase
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    NONE,
    UNKNOWN,
    Arguments,
    Const,
    EntityRow,
    MappedAttributeValue,
    Ref,
    ResultValue,
    TupleValue,
    Value,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

_ONE = frozenset({"one", "first", "one_or_none", "fetchone"})
_SCALAR = frozenset({"scalar", "scalar_one", "scalar_one_or_none"})
_MANY = frozenset({"all", "fetchall", "fetchmany"})
_NULLABLE = frozenset({"first", "one_or_none", "fetchone", "scalar", "scalar_one_or_none"})
_NEEDS_NO_UNIQUE = frozenset({"first", "scalar", "fetchone"})
"""TRUTH A(b): `first()` and `scalar()` work without `unique()`."""
CONSUMING = _ONE | _SCALAR | _MANY
METHODS = CONSUMING | {"unique", "scalars", "mappings", "tuples", "columns"}


def result_method(
    self: Interpreter, result: ResultValue, name: str, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """A method of a result; on an AsyncResult the consuming ones give a coroutine."""
    if name == "unique":
        return _made_unique(result, state)
    if name == "scalars":
        return replace(result, row=_column(result, arguments), scalars=True)
    if name in {"mappings"}:
        return replace(result, mappings=True)
    if name in {"tuples", "yield_per", "execution_options", "freeze"}:
        return result
    if name in {"columns"}:
        return replace(result, row=tuple(UNKNOWN for _ in result.row))
    if name == "partitions":
        check_unique(self, result, name, node)
        return containers.new_list(None, state, element=take_many(self, result, name, node, state))
    if name in CONSUMING:
        return consume(self, result, name, node, state)
    return UNKNOWN


def _made_unique(result: ResultValue, state: State) -> ResultValue:
    """`unique()` changes the result itself, whatever names it has."""
    made = replace(result, unique=True)
    if result.joined_collection and not result.unique:
        for name in [name for name, value in state.env.items() if value is result]:
            state.set(name, made)
    return made


def _column(result: ResultValue, arguments: Arguments) -> tuple[Value, ...]:
    index = arguments.get(0, "index")
    if index is None:
        return result.row[:1]
    if isinstance(index, Const) and isinstance(index.value, int) and 0 <= index.value < len(result.row):
        return (result.row[index.value],)
    return (UNKNOWN,)


def consume(self: Interpreter, result: ResultValue, name: str, node: ast.AST, state: State) -> Value:
    """`all()`, `one()`, `scalar_one_or_none()`..."""
    check_unique(self, result, name, node)
    if name in _MANY:
        return take_many(self, result, name, node, state)
    scalar = name in _SCALAR
    result = replace(result, whole=False) if result.whole else result
    value = row_of_result(
        self,
        replace(result, scalars=True, row=result.row[:1]) if scalar else result,
        state,
        nullable=name in _NULLABLE,
        node=node,
    )
    return value


def take_many(self: Interpreter, result: ResultValue, name: str, node: ast.AST, state: State) -> Value:
    return containers.new_list(
        None, state, element=row_of_result(self, result, state, nullable=False, node=node)
    )


def row_value(self: Interpreter, result: ResultValue, state: State, method: str, node: ast.AST) -> Value:
    """One row while iterating over or unpacking the result."""
    check_unique(self, result, method, node)
    return row_of_result(self, result, state, nullable=False, node=node)


def check_unique(self: Interpreter, result: ResultValue, method: str, node: ast.AST) -> None:
    if not result.joined_collection or result.unique or method in _NEEDS_NO_UNIQUE:
        return
    span = self.span(node)
    fix = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = self.span(node.func)
        column = name.end_column - len(node.func.attr)
        edit = Edit(Span(name.path, name.end_line, column, name.end_line, column), "unique().")
        fix = Fix("call `.unique()` before consuming the result", safe=True, edits=(edit,))
    trail: tuple[Related, ...] = ()
    if result.span is not None and result.span != span:
        trail = (Related(result.span, f"this statement joins the collection `{result.joined_collection}`"),)
    self.context.publish(
        JoinedCollectionConsumed(
            span=span,
            symbol=self.symbol,
            trail=trail,
            relationship=result.joined_collection,
            method=method,
            fix=fix,
        )
    )


def row_of_result(
    self: Interpreter, result: ResultValue, state: State, *, nullable: bool, node: ast.AST
) -> Value:
    """One row, with its instances made anew."""
    absent = nullable and result.scalars
    cells = tuple(instance_of(self, cell, result, state, nullable=absent, node=node) for cell in result.row)
    if not cells:
        return UNKNOWN
    if result.scalars:
        return cells[0]
    tie(self, result, cells, state)
    if result.mappings:
        if nullable and self.choices.choose(2):
            return NONE
        columns = zip(result.row, cells, strict=True)
        named: dict[object, Value] = {column_name(cell): value for cell, value in columns}
        named.pop("", None)
        element = cells[0] if len(cells) == 1 else UNKNOWN
        return state.new(DictObject(named, element=element, opaque=True))
    return TupleValue(cells, tuple(column_name(cell) for cell in result.row), nullable)


def column_name(cell: Value) -> str:
    """The row's attribute for a column: the name of the entity or of the column; empty when unknown."""
    if isinstance(cell, EntityRow):
        return cell.cls.facts.name
    return cell.name if isinstance(cell, MappedAttributeValue) else ""


def instance_of(
    self: Interpreter, cell: Value, result: ResultValue, state: State, *, nullable: bool, node: ast.AST
) -> Value:
    """A persistent instance for an entity column; other columns stay what they are."""
    if isinstance(cell, MappedAttributeValue):
        return UNKNOWN
    if not isinstance(cell, EntityRow):
        return cell
    model = self.context.models.get(cell.cls)
    if model is None:
        return UNKNOWN
    key = keys.plain(cell.key, state)
    same = keys.holder(result.session, cell.cls, key, state)
    if same is not None:
        return Ref(same)
    made = Instance(
        model=model,
        session=result.session,
        plan=cell.plan,
        options=cell.plan,
        attributes=dict.fromkeys(cell.nulls, NONE),
        phase=Phase.PERSISTENT,
        seen=log_length(result.session, state) if result.seen is None else result.seen,
        nullable=nullable or cell.nullable,
        whole=result.whole,
        loaded_at=result.span,
    )
    apart = keys.others(key, state)
    row = state.new(with_held(self.context.models, made, self.context.lineage(cell.cls), state, apart=apart))
    keys.remember(row.id, key, state)
    return row
