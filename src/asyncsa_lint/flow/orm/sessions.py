"""Methods of sessions and connections: what they do to the session and its instances."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm import foreign, loading, transactions
from asyncsa_lint.flow.orm.attaching import attach, expire_or_expunge, mark_deleted, members
from asyncsa_lint.flow.states.objects import LogEntry, Occurrence, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    NONE,
    UNKNOWN,
    Arguments,
    ExternalValue,
    Ref,
    TransactionValue,
    Value,
)
from asyncsa_lint.flow.tasks import concurrency
from asyncsa_lint.flow.tasks.coroutines import lost
from asyncsa_lint.knowledge.sqlalchemy import SESSION_IO

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def run(
    self: Interpreter, receiver: Ref, name: str, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """Effect and value of a session method when it is carried out (awaited, or called on a sync session)."""
    session = state.get(receiver.id)
    if not isinstance(session, Session):
        return UNKNOWN
    span = self.span(node)
    transactions.refuse(receiver.id, name, state)
    # Where nothing was begun, a rollback asks for no connection.
    if name in SESSION_IO and not (name == "rollback" and session.is_closed):
        concurrency.note_use(self, receiver.id, node, state)
    if name in loading.QUERIES:
        return loading.query(self, receiver, name, arguments, node, state)
    if name in {"get", "get_one"}:
        return loading.get(self, receiver, name, arguments, node, state)
    if name == "merge":
        return loading.merge(self, receiver, arguments, span, state)
    if name == "run_sync":
        return _run_sync(self, receiver, session, arguments, node, state)
    if name == "connection" and session.kind != "connection":
        return state.new(
            Session(
                kind="connection",
                is_async=session.is_async,
                expire_on_commit=False,
                origin="session",
                of=receiver.id,
            )
        )
    if name in {"__aenter__", "execution_options"}:
        return receiver
    if name == "begin_nested":
        transactions.begin_nested(receiver.id, span, state)
        return TransactionValue(receiver, nested=True)
    if name == "begin":
        return TransactionValue(receiver, nested=False)
    if name in _EFFECTS:
        _effect(self, receiver, name, arguments, node, state)
        return NONE
    return UNKNOWN


_EFFECTS = frozenset(
    {
        "__aexit__",
        "aclose",
        "close",
        "commit",
        "delete",
        "flush",
        "invalidate",
        "refresh",
        "remove",
        "reset",
        "rollback",
    }
)


def _effect(
    self: Interpreter, receiver: Ref, name: str, arguments: Arguments, node: ast.AST, state: State
) -> None:
    span = self.span(node)
    if name in {"commit", "flush"}:
        transactions.may_fail(self, receiver.id, span, state)
    if name == "commit":
        transactions.commit(receiver.id, span, state)
    elif name == "rollback":
        transactions.rollback(receiver.id, span, state)
    elif name == "flush":
        transactions.flush(receiver.id, span, state)
    elif name == "refresh":
        target = arguments.get(0, "instance")
        if isinstance(target, Ref):
            foreign.check(self, target, receiver, node, state)
        loading.refresh(self, receiver, arguments, span, state)
    elif name == "delete":
        mark_deleted(arguments.get(0, "instance"), state)
    else:
        transactions.close(receiver.id, span, state, for_good=name != "reset")


def run_transaction(
    self: Interpreter, value: TransactionValue, name: str, node: ast.AST, state: State
) -> Value:
    """`await transaction.commit()`, `await savepoint.rollback()`."""
    ident, span = value.session.id, self.span(node)
    if value.nested:
        transactions.end_nested(ident, span, state, undone=name == "rollback")
    elif name == "commit":
        transactions.commit(ident, span, state)
    elif name == "rollback":
        transactions.rollback(ident, span, state)
    return NONE


def _run_sync(
    self: Interpreter, receiver: Ref, session: Session, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """`run_sync(function)`: the function gets the synchronous session, and may load whatever it reads."""
    from asyncsa_lint.flow.calling.calls import call

    target = arguments.positional[0] if arguments.positional else UNKNOWN
    if (
        session.kind == "connection"
        or not isinstance(node, ast.Call)
        or target is UNKNOWN
        or isinstance(target, ExternalValue)
    ):
        transactions.log(receiver.id, LogEntry(Occurrence.UNKNOWN, self.span(node)), state)
        return UNKNOWN
    rest = Arguments((receiver, *arguments.positional[1:]), arguments.keywords, arguments.opaque)
    outer = self.context.in_greenlet
    self.context.in_greenlet = True
    try:
        return call(self, target, rest, node, state)
    finally:
        self.context.in_greenlet = outer


def call_sync(
    self: Interpreter, receiver: Ref, name: str, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """The methods that do no I/O: `add`, `expire`, `expunge`..."""
    if name in {"add", "add_all"}:
        value = arguments.get(0, "instance") or arguments.get(0, "instances") or UNKNOWN
        lost(self, node, value, "used as a value", state)
        every = members(value, state) if name == "add_all" else [value]
        for item in every:
            attach(receiver.id, item, state)
        return NONE
    span = self.span(node)
    if name == "expire_all":
        transactions.log(receiver.id, LogEntry(Occurrence.EXPIRE_ALL, span), state)
    elif name == "expunge_all":
        transactions.log(receiver.id, LogEntry(Occurrence.EXPUNGE_ALL, span), state)
    elif name in {"expire", "expunge"}:
        target = arguments.get(0, "instance")
        if isinstance(target, Ref):
            expire_or_expunge(name, target, arguments.get(1, "attribute_names"), span, state)
    return NONE if name != "in_transaction" else UNKNOWN
