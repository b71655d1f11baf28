"""Methods of sessions and connections: what they do to the session and its instances."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from asyncsa_lint.findings import Span
from asyncsa_lint.flow import concurrency, sql
from asyncsa_lint.flow.events import ExpiryCause
from asyncsa_lint.flow.instances import literal_name, log_length, materialise
from asyncsa_lint.flow.lifetime import catch_up, unknown
from asyncsa_lint.flow.objects import Instance, ListObject, LogEntry, Occurrence, Phase, Session, Staleness
from asyncsa_lint.flow.plans import EMPTY, OPAQUE, LoaderOption, Plan
from asyncsa_lint.flow.results import consume
from asyncsa_lint.flow.state import State
from asyncsa_lint.flow.values import (
    NONE,
    UNKNOWN,
    Arguments,
    ClassValue,
    Const,
    ObjectId,
    Ref,
    ResultValue,
    StatementValue,
    TupleValue,
    Value,
)
from asyncsa_lint.knowledge.sqlalchemy import SESSION_IO
from asyncsa_lint.project.mapped_attributes import AttributeKind

if TYPE_CHECKING:
    from asyncsa_lint.flow.interpreter import Interpreter
    from asyncsa_lint.project.symbols import ClassInfo

_QUERIES = frozenset({"execute", "scalars", "scalar", "stream", "stream_scalars", "exec"})


def log(ident: ObjectId, entry: LogEntry, state: State) -> None:
    """Something happened to the session: its instances hear of it when they are next looked at."""
    session = state.get(ident)
    if isinstance(session, Session):
        if session.log and session.log[-1] == entry and entry.occurrence is Occurrence.FLUSH:
            return
        state.put(ident, replace(session, log=(*session.log, entry)))


def run(
    self: Interpreter, receiver: Ref, name: str, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """Effect and value of a session method when it is carried out (awaited, or called on a sync session)."""
    session = state.get(receiver.id)
    if not isinstance(session, Session):
        return UNKNOWN
    span = self.span(node)
    if name in SESSION_IO:
        concurrency.note_use(self, receiver.id, node, state)
    if name in _QUERIES:
        return _query(self, receiver, name, arguments, node, state)
    if name in {"get", "get_one"}:
        return _get(self, receiver, name, arguments, span, state)
    if name == "commit":
        commit(receiver.id, span, state)
        return NONE
    if name == "rollback":
        rollback(receiver.id, span, state)
        return NONE
    if name == "flush":
        flush(receiver.id, span, state)
        return NONE
    if name == "refresh":
        _refresh(self, receiver, arguments, span, state)
        return NONE
    if name == "merge":
        return _merge(self, receiver, arguments, span, state)
    if name == "delete":
        _mark_deleted(arguments.get(0, "instance"), state)
        return NONE
    if name in {"close", "aclose", "reset", "invalidate"}:
        close(receiver.id, span, state, for_good=name != "reset")
        return NONE
    if name == "run_sync":
        log(receiver.id, LogEntry(Occurrence.UNKNOWN, span), state)
        return UNKNOWN
    if name == "connection":
        return receiver
    return UNKNOWN


def started(ident: ObjectId, span: Span, state: State) -> None:
    """A statement runs: the transaction has begun, and pending changes are flushed first."""
    session = state.get(ident)
    if isinstance(session, Session):
        if session.autoflush is not False:
            log(ident, LogEntry(Occurrence.FLUSH, span), state)
        current = state.get(ident)
        if isinstance(current, Session) and current.in_transaction is not True:
            state.put(ident, replace(current, in_transaction=True))


def flush(ident: ObjectId, span: Span, state: State) -> None:
    log(ident, LogEntry(Occurrence.FLUSH, span), state)
    session = state.get(ident)
    if isinstance(session, Session):
        state.put(ident, replace(session, in_transaction=True))


def commit(ident: ObjectId, span: Span, state: State) -> None:
    """Flushes, then expires everything unless the session was made otherwise (TRUTH A(f))."""
    session = state.get(ident)
    if not isinstance(session, Session):
        return
    log(ident, LogEntry(Occurrence.FLUSH, span), state)
    entry = LogEntry(
        Occurrence.COMMIT, span, expires=session.expire_on_commit is True, certain=session.certain
    )
    log(ident, entry, state)
    current = state.get(ident)
    if isinstance(current, Session):
        state.put(ident, replace(current, in_transaction=False))


def rollback(ident: ObjectId, span: Span, state: State) -> None:
    """Expires whatever the transaction had touched; without a transaction it does nothing."""
    session = state.get(ident)
    if isinstance(session, Session):
        log(ident, LogEntry(Occurrence.ROLLBACK, span, expires=session.in_transaction is True), state)
        current = state.get(ident)
        if isinstance(current, Session):
            state.put(ident, replace(current, in_transaction=False))


def close(ident: ObjectId, span: Span, state: State, *, for_good: bool = True) -> None:
    """Detaches every instance."""
    log(ident, LogEntry(Occurrence.CLOSE, span), state)
    session = state.get(ident)
    if isinstance(session, Session):
        state.put(ident, replace(session, is_closed=for_good, closed_at=span, in_transaction=False))


def _query(
    self: Interpreter, receiver: Ref, name: str, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    span = self.span(node)
    started(receiver.id, span, state)
    statement = arguments.get(0, "statement")
    options = arguments.keyword("execution_options")
    scalars = name in {"scalars", "stream_scalars", "scalar"}
    row: tuple[Value, ...] = ()
    joined = ""
    populate = options is not None
    if isinstance(statement, StatementValue):
        row, joined = sql.row_of(self, statement)
        populate = populate or statement.populate_existing
        note_load(self, receiver.id, statement, span, state)
        if name == "exec" and len(row) == 1:
            scalars = True
    elif statement is UNKNOWN or statement is None:
        log(receiver.id, LogEntry(Occurrence.UNKNOWN, span), state)
    result = ResultValue(
        receiver.id,
        row[:1] if scalars else row,
        scalars,
        is_async=name.startswith("stream"),
        joined_collection=joined,
        span=span,
    )
    if name == "scalar":
        return consume(self, result, "scalar", node, state)
    return result


def note_load(
    self: Interpreter, ident: ObjectId, statement: StatementValue, span: Span, state: State
) -> None:
    """Instances already in the session may be among the rows: what the statement loads counts for them."""
    if not statement.kind.startswith(("select", "text", "compound")) and "returning" not in statement.kind:
        return
    for entity in statement.entities:
        if isinstance(entity, ClassValue) and self.context.models.get(entity.cls) is not None:
            _note_plan(self, ident, entity.cls, sql.plan_for(self, entity, statement), span, state, 0)


def _note_plan(
    self: Interpreter, ident: ObjectId, cls: ClassInfo, plan: Plan, span: Span, state: State, depth: int
) -> None:
    log(ident, LogEntry(Occurrence.LOAD, span, classes=sql.lineage_of(self, cls), plan=plan), state)
    model = self.context.models.get(cls)
    if model is None or depth > 4:
        return
    for name, _, child in plan.loads:
        attribute = model.attributes.get(name)
        if attribute is not None and attribute.target is not None:
            _note_plan(self, ident, attribute.target, child, span, state, depth + 1)


def _get(
    self: Interpreter, receiver: Ref, name: str, arguments: Arguments, span: Span, state: State
) -> Value:
    entity = arguments.get(0, "entity")
    started_span = span
    if not isinstance(entity, ClassValue):
        return UNKNOWN
    model = self.context.models.get(entity.cls)
    if model is None:
        return UNKNOWN
    given = arguments.keyword("options")
    options: tuple[LoaderOption, ...] = ()
    opaque = arguments.opaque
    if given is not None:
        options, unclear = sql.collect_options((given,), state)
        opaque = opaque or unclear
    plan = sql.plan_of_options(self, entity.cls, options, opaque=opaque)
    known = _held(receiver.id, entity.cls, state)
    session = state.get(receiver.id)
    if isinstance(session, Session) and session.in_transaction is not True:
        state.put(receiver.id, replace(session, in_transaction=True))
    log(
        receiver.id,
        LogEntry(Occurrence.LOAD, started_span, classes=sql.lineage_of(self, entity.cls), plan=plan),
        state,
    )
    made = Instance(
        model=model,
        session=receiver.id,
        plan=plan if not known else None,
        phase=Phase.PERSISTENT,
        seen=log_length(receiver.id, state),
        nullable=name == "get",
        loaded_at=span,
    )
    return state.new(made)


def _held(ident: ObjectId, cls: ClassInfo, state: State) -> bool:
    """An instance of the class is known in the session: `get` may return it as it is."""
    return any(
        isinstance(record, Instance) and record.session == ident and record.model.cls is cls
        for record in state.heap.values()
    )


def _refresh(self: Interpreter, receiver: Ref, arguments: Arguments, span: Span, state: State) -> None:
    target = arguments.get(0, "instance")
    started(receiver.id, span, state)
    record = catch_up(target.id, state) if isinstance(target, Ref) else None
    if record is None or not isinstance(target, Ref):
        return
    names = arguments.get(1, "attribute_names")
    if names is None or names == NONE:
        plan = EMPTY if record.plan is not None and record.plan.created else record.plan
        state.put(target.id, replace(record, expired=None, stale=(), dirty=frozenset(), plan=plan))
        return
    listed = _names_of(names, state)
    if listed is None:
        state.put(target.id, unknown(record))
        return
    reload(self, target, listed, state)


def reload(self: Interpreter, target: Ref, names: list[str], state: State) -> None:
    """Exactly the named attributes become readable (TRUTH A(a))."""
    for name in names:
        record = catch_up(target.id, state)
        attribute = None if record is None else record.model.attributes.get(name)
        if record is None:
            return
        if attribute is not None and attribute.kind is AttributeKind.RELATIONSHIP:
            kept = {key: value for key, value in record.attributes.items() if key != name}
            record = replace(record, attributes=kept)
            state.put(target.id, record)
            materialise(self, target, record, attribute, EMPTY if record.plan is not None else OPAQUE, state)
            record = catch_up(target.id, state) or record
        else:
            record = replace(record, attributes={**record.attributes, name: UNKNOWN})
        stale = tuple(item for item in record.stale if item[0] != name)
        state.put(target.id, replace(record, stale=stale, given=record.given | {name}))


def _names_of(value: Value, state: State) -> list[str] | None:
    record = state.object_of(value)
    items: tuple[Value, ...] | None = None
    if isinstance(value, TupleValue):
        items = value.items
    elif isinstance(record, ListObject):
        items = record.items
    elif isinstance(value, Const) and isinstance(value.value, tuple):
        items = tuple(Const(item) for item in value.value)
    if items is None:
        return None
    names = [literal_name(item) for item in items]
    return names if all(names) else None


def _merge(self: Interpreter, receiver: Ref, arguments: Arguments, span: Span, state: State) -> Value:
    given = arguments.get(0, "instance")
    record = catch_up(given.id, state) if isinstance(given, Ref) else None
    started(receiver.id, span, state)
    if record is None:
        return UNKNOWN
    loaded: dict[str, Value] = dict.fromkeys(record.attributes, UNKNOWN)
    plan = sql.plan_of_options(self, record.model.cls, (), opaque=False)
    return state.new(
        Instance(
            model=record.model,
            session=receiver.id,
            plan=plan,
            attributes=loaded,
            seen=log_length(receiver.id, state),
            loaded_at=span,
        )
    )


def _mark_deleted(value: Value | None, state: State) -> None:
    record = catch_up(value.id, state) if isinstance(value, Ref) else None
    if record is not None and isinstance(value, Ref):
        state.put(value.id, replace(record, phase=Phase.DELETED))


def call_sync(
    self: Interpreter, receiver: Ref, name: str, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """The methods that do no I/O: `add`, `expire`, `expunge`..."""
    if name in {"add", "add_all"}:
        value = arguments.get(0, "instance") or arguments.get(0, "instances") or UNKNOWN
        every = members(value, state) if name == "add_all" else [value]
        for item in every:
            attach(receiver.id, item, state)
        return NONE
    span = self.span(node)
    if name == "expire_all":
        log(receiver.id, LogEntry(Occurrence.EXPIRE_ALL, span), state)
    elif name == "expunge_all":
        log(receiver.id, LogEntry(Occurrence.EXPUNGE_ALL, span), state)
    elif name in {"expire", "expunge"}:
        target = arguments.get(0, "instance")
        record = catch_up(target.id, state) if isinstance(target, Ref) else None
        if record is not None and isinstance(target, Ref):
            _expire_or_expunge(name, target, record, arguments.get(1, "attribute_names"), span, state)
    return NONE if name != "in_transaction" else UNKNOWN


def _expire_or_expunge(
    name: str, target: Ref, record: Instance, names: Value | None, span: Span, state: State
) -> None:
    staleness = Staleness(ExpiryCause.EXPIRE, span)
    if name == "expunge":
        phase = Phase.TRANSIENT if record.phase is Phase.PENDING else Phase.DETACHED
        state.put(target.id, replace(record, phase=phase, detached=staleness, borrowed=frozenset()))
    elif names is None or names == NONE:
        state.put(
            target.id, replace(record, expired=staleness, attributes={}, given=frozenset(), dirty=frozenset())
        )
    else:
        listed = _names_of(names, state) or []
        kept = {key: value for key, value in record.attributes.items() if key not in listed}
        columns = [
            n
            for n in listed
            if n in record.model.attributes and record.model.attributes[n].kind is AttributeKind.COLUMN
        ]
        state.put(
            target.id,
            replace(record, attributes=kept, stale=record.stale + tuple((n, staleness) for n in columns)),
        )


def members(value: Value, state: State) -> list[Value]:
    """Objects in a collection value."""
    if isinstance(value, TupleValue):
        return list(value.items)
    record = state.object_of(value)
    if isinstance(record, ListObject):
        if record.items is not None:
            return list(record.items)
        return [record.element] if record.element is not None else []
    return []


def attach(session: ObjectId, value: Value, state: State, depth: int = 0) -> None:
    """`session.add(value)`, with the objects it refers to (save-update cascade)."""
    record = catch_up(value.id, state) if isinstance(value, Ref) else None
    if record is None or not isinstance(value, Ref) or depth > 4:
        return
    if record.phase is Phase.TRANSIENT:
        state.put(
            value.id, replace(record, phase=Phase.PENDING, session=session, seen=log_length(session, state))
        )
    elif record.phase is Phase.DETACHED:
        state.put(
            value.id,
            replace(
                record,
                phase=Phase.PERSISTENT,
                session=session,
                detached=None,
                seen=log_length(session, state),
            ),
        )
        return
    else:
        return
    for name in sorted(record.attributes):
        related = record.attributes[name]
        if record.model.attributes.get(name) is None:
            continue
        for item in [related, *members(related, state)]:
            attach(session, item, state, depth + 1)


def forget_staleness(target: Ref, state: State) -> None:
    """`await instance.awaitable_attrs.column` reloads the columns."""
    record = catch_up(target.id, state)
    if record is not None:
        state.put(target.id, replace(record, expired=None, stale=()))
