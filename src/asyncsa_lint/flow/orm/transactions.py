"""The session's log: flush, commit, rollback, savepoints, the end of the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Instance, LogEntry, Occurrence, Phase, Session
from asyncsa_lint.flow.states.paths import PathEnds, Raised
from asyncsa_lint.flow.states.values import TRUE, UNKNOWN
from asyncsa_lint.knowledge.sqlalchemy import SESSION_IO

if TYPE_CHECKING:
    from asyncsa_lint.findings import Span
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.flow.states.state import State
    from asyncsa_lint.flow.states.values import ObjectId, TransactionValue, Value
    from asyncsa_lint.project.symbols import ClassInfo

DATABASE_ERROR = "sqlalchemy.exc.DBAPIError"
"""The exception of a flush that the database refuses."""


def log(ident: ObjectId, entry: LogEntry, state: State) -> None:
    """Something happened to the session: its instances hear of it when they are next looked at."""
    session = state.get(ident)
    if isinstance(session, Session):
        state.put(ident, replace(session, log=(*session.log, entry)))


def started(ident: ObjectId, span: Span, state: State, *, certain: bool = True) -> None:
    """A statement runs, or may run: the transaction has begun, and pending changes are flushed first."""
    session = state.get(ident)
    if isinstance(session, Session):
        if session.autoflush is not False:
            log(ident, LogEntry(Occurrence.FLUSH, span, certain=certain), state)
        _in_transaction(ident, state, begun=True)


def begun(ident: ObjectId | None, state: State) -> None:
    """An object of the session is changed, added or deleted: that begins the transaction, too."""
    if ident is not None:
        _in_transaction(ident, state, begun=True)


def _in_transaction(ident: ObjectId, state: State, *, begun: bool) -> None:
    session = state.get(ident)
    if isinstance(session, Session) and session.in_transaction is not begun:
        state.put(ident, replace(session, in_transaction=begun))


def flush(ident: ObjectId, span: Span, state: State) -> None:
    """Writes what is pending; where there is nothing no transaction begins."""
    writes = _has_changes(ident, state)
    log(ident, LogEntry(Occurrence.FLUSH, span), state)
    if writes:
        begun(ident, state)


def may_fail(self: Interpreter, ident: ObjectId, span: Span, state: State) -> None:
    """The flush in a `try` is refused: the transaction is rolled back, so instances are expired
    and can not be read before an explicit rollback and a reload (TRUTH A(f)).

    A COMMIT that fails when there was nothing to flush expires nothing (observed on 2.0 and 2.1); who
    else has pending changes in the session is not known.
    """
    if self.try_depth:
        failed = state.fork()
        session = failed.get(ident)
        nested = isinstance(session, Session) and session.savepoints > 0
        undone = Occurrence.SAVEPOINT_ROLLBACK if nested else Occurrence.ROLLBACK
        refused = LogEntry(undone, span, expires=True, refused=True)
        has_changes = _has_changes(ident, failed)
        log(ident, refused if has_changes else LogEntry(Occurrence.UNKNOWN, span), failed)
        self.sink.raises.append(Raised(failed, DATABASE_ERROR, implicit=True))


def _has_changes(ident: ObjectId, state: State) -> bool:
    """Some object of the session is new, changed or deleted: a flush has something to write."""
    session = state.get(ident)
    if not isinstance(session, Session):
        return False
    held = [at for at, found in state.heap.items() if isinstance(found, Instance) and found.session == ident]
    return any(
        record.dirty or record.phase is Phase.PENDING or _is_to_be_deleted(record, session)
        for record in (catch_up(each, state) for each in held)
        if record is not None
    )


CHANGES = frozenset({"new", "dirty", "deleted"})
"""Attributes of a session: what it has to write."""


def note_changes(ident: ObjectId, state: State) -> None:
    """The path goes on where the session has something to write. When none of that is in sight, then
    neither is what a commit or rollback would expire: it need not be taken with what is."""
    session = state.get(ident)
    if isinstance(session, Session) and not _has_changes(ident, state):
        expires = None if session.expire_on_commit else session.expire_on_commit
        state.put(ident, replace(session, in_transaction=None, expire_on_commit=expires))


def refuse(ident: ObjectId, name: str, state: State) -> None:
    """After a flush that has failed the session does nothing more before a rollback is called (TRUTH A0).

    Raises PathEnds where the method needs the transaction: that is a PendingRollbackError. A flush with
    nothing to write needs none.
    """
    session = state.get(ident)
    if (
        isinstance(session, Session)
        and name in _OF_TRANSACTION
        and _waits_for_rollback(session)
        and (name != "flush" or _has_changes(ident, state))
    ):
        raise PathEnds(state, "PendingRollbackError")


def refuse_callee(ident: ObjectId, entries: tuple[LogEntry, ...], state: State) -> None:
    """The same for what a callee has done to the session, raising PathEnds in its place."""
    session = state.get(ident)
    if entries and isinstance(session, Session) and _waits_for_rollback(session):
        # A statement flushes before it runs; what follows tells which it was.
        first = next((each for each in entries if each.occurrence is not Occurrence.FLUSH), entries[0])
        if first.occurrence in _BY_STATEMENTS and (first.certain or first.occurrence is Occurrence.COMMIT):
            raise PathEnds(state, "PendingRollbackError")


_BY_STATEMENTS = frozenset(
    {
        Occurrence.FLUSH,
        Occurrence.LOAD,
        Occurrence.COMMIT,
        Occurrence.SAVEPOINT,
        Occurrence.UPDATE,
        Occurrence.DELETE,
    }
)
_OF_TRANSACTION = SESSION_IO - {"rollback", "delete", "run_sync"} | {"begin_nested"}


def _waits_for_rollback(session: Session) -> bool:
    """The last that is known of the transaction is that a flush has failed."""
    for entry in reversed(session.log):
        if entry.occurrence in {Occurrence.ROLLBACK, Occurrence.SAVEPOINT_ROLLBACK}:
            return entry.refused
        if entry.occurrence not in {Occurrence.FLUSH, Occurrence.EXPIRE_ALL, Occurrence.EXPUNGE_ALL}:
            return False
    return False


def _is_to_be_deleted(record: Instance, session: Session) -> bool:
    """The DELETE of the instance is still to come: neither a flush nor a bulk DELETE has sent it."""
    if record.phase is not Phase.DELETED:
        return False
    in_bulk = record.seen > 0 and session.log[record.seen - 1].occurrence is Occurrence.DELETE
    return not in_bulk and all(e.occurrence is not Occurrence.FLUSH for e in session.log[record.seen :])


def commit(ident: ObjectId, span: Span, state: State) -> None:
    """Flushes, then expires everything unless the session was made otherwise (TRUTH A(f))."""
    session = state.get(ident)
    if not isinstance(session, Session):
        return
    log(ident, LogEntry(Occurrence.FLUSH, span), state)
    expires = session.expire_on_commit is True
    log(ident, LogEntry(Occurrence.COMMIT, span, expires=expires, certain=session.certain), state)
    _in_transaction(ident, state, begun=False)


def rollback(ident: ObjectId, span: Span, state: State) -> None:
    """Expires whatever the transaction had touched; without a transaction it does nothing."""
    session = state.get(ident)
    if isinstance(session, Session):
        state.touch(ident, "in_transaction")
        expires = session.in_transaction is True
        log(ident, LogEntry(Occurrence.ROLLBACK, span, expires=expires), state)
        _in_transaction(ident, state, begun=False)


def on_leaving(mine: Session, ending: Session, before: int) -> Session:
    """The end of a manager's session, whose block has begun and ended transactions of its own: the
    rollback behind the block expires something where the block has left a transaction open."""
    begun = mine.in_transaction
    log = list(ending.log)
    for position in range(before, len(log)):
        entry = log[position]
        if entry.occurrence is Occurrence.ROLLBACK and not entry.refused and begun is not None:
            log[position] = replace(entry, expires=begun)
        begun = entry.occurrence not in {Occurrence.COMMIT, Occurrence.ROLLBACK, Occurrence.CLOSE} and (
            begun or entry.occurrence in {Occurrence.FLUSH, Occurrence.LOAD}
        )
    return replace(ending, log=tuple(log))


def is_active(session: Session) -> Value:
    """`session.is_active`: false from the flush that has failed to the rollback that is called for."""
    refused = False
    for entry in session.log:
        if entry.occurrence in {Occurrence.ROLLBACK, Occurrence.SAVEPOINT_ROLLBACK}:
            refused = entry.refused
    return UNKNOWN if refused else TRUE


def is_open(savepoint: TransactionValue, state: State) -> Value:
    """`savepoint.is_active`: true until it is committed or rolled back."""
    session = state.get(savepoint.session.id)
    known = savepoint.nested and isinstance(session, Session) and session.savepoints > 0
    return TRUE if known else UNKNOWN


def begin_nested(ident: ObjectId, span: Span, state: State) -> None:
    """A savepoint: flushes first."""
    flush(ident, span, state)
    begun(ident, state)
    log(ident, LogEntry(Occurrence.SAVEPOINT, span), state)
    _count_savepoints(ident, 1, state)


def end_nested(ident: ObjectId, span: Span, state: State, *, undone: bool) -> None:
    """The savepoint is released, with a flush, or rolled back; no commit either way (TRUTH A(f))."""
    if undone:
        changed = changed_classes(ident, state)
        log(ident, LogEntry(Occurrence.SAVEPOINT_ROLLBACK, span, classes=changed), state)
    else:
        log(ident, LogEntry(Occurrence.FLUSH, span), state)
    _count_savepoints(ident, -1, state)


def changed_classes(ident: ObjectId, state: State) -> frozenset[ClassInfo]:
    """The classes of the instances that have changed since the last savepoint."""
    return frozenset(
        caught.model.cls
        for known, record in list(state.heap.items())
        if isinstance(record, Instance)
        and record.session == ident
        and (caught := catch_up(known, state)) is not None
        and (caught.dirty or caught.savepoint)
    )


def _count_savepoints(ident: ObjectId, change: int, state: State) -> None:
    session = state.get(ident)
    if isinstance(session, Session):
        state.put(ident, replace(session, savepoints=max(session.savepoints + change, 0)))


def close(ident: ObjectId, span: Span, state: State, *, for_good: bool = True) -> None:
    """Detaches every instance."""
    log(ident, LogEntry(Occurrence.CLOSE, span), state)
    session = state.get(ident)
    if isinstance(session, Session):
        state.put(ident, replace(session, is_closed=for_good, closed_at=span, in_transaction=False))
