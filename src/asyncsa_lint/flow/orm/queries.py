"""`session.query(...)`: the legacy query, in synchronous code and inside `run_sync`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm import loading, results, sql, transactions
from asyncsa_lint.flow.orm.instances import log_length
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    Arguments,
    QueryValue,
    Ref,
    ResultValue,
    StatementValue,
    Value,
)
from asyncsa_lint.flow.tasks import blocking
from asyncsa_lint.knowledge.drivers import BLOCKING_QUERY

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

_TAKING = frozenset({"all", "first", "one", "one_or_none", "scalar"})


def make(session: Ref, arguments: Arguments) -> Value:
    """`session.query(Model)`."""
    return QueryValue(session, StatementValue("select", arguments.positional, opaque=arguments.opaque))


def method(
    self: Interpreter, query: QueryValue, name: str, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """A method of a query: another query, or its rows."""
    session = state.get(query.session.id)
    if name in BLOCKING_QUERY and isinstance(session, Session) and not session.is_async:
        blocking.waits(self, "Session", node)
    if name in _TAKING:
        return results.consume(self, result_of(self, query, node, state), name, node, state)
    if name == "get":
        entity = query.statement.entities[:1]
        inner = Arguments((*entity, *arguments.positional), arguments.keywords, arguments.opaque)
        return loading.get(self, query.session, "get", inner, node, state)
    if name == "populate_existing":
        return replace(query, statement=replace(query.statement, populate_existing=True))
    made = sql.statement_method(self, query.statement, name, arguments, state)
    return replace(query, statement=made) if isinstance(made, StatementValue) else UNKNOWN


def result_of(self: Interpreter, query: QueryValue, node: ast.AST, state: State) -> ResultValue:
    """The rows; a query of one entity gives instances, each of them once."""
    span = self.span(node)
    transactions.started(query.session.id, span, state)
    loading.note_statement(self, query.session.id, query.statement, span, state)
    row, _ = sql.row_of(self, query.statement)
    return ResultValue(
        query.session.id,
        row,
        scalars=len(row) == 1,
        unique=True,
        span=span,
        seen=log_length(query.session.id, state),
    )
