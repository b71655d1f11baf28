"""What happens to an instance as its session flushes, commits, rolls back and closes.

The session's log is replayed on an instance when it is looked at. The rows are TRUTH
A(d) (new objects), A(f) (expiry) and A(g) (server-generated columns):

    order = await session.get(Order, 1)    # persistent, loaded
    order.note = "x"                       # dirty
    await session.flush()                  # onupdate columns become stale
    await session.commit()                 # expires, unless expire_on_commit=False
    await session.rollback()               # expires always
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from asyncsa_lint.flow.calling.passages import NOWHERE, Around
from asyncsa_lint.flow.events import ExpiryCause
from asyncsa_lint.flow.orm.meeting import met
from asyncsa_lint.flow.orm.plans import ALL, CREATED, EMPTY, Loading, Plan
from asyncsa_lint.flow.orm.refilling import filled_by, own_columns, refilled, refilled_row
from asyncsa_lint.flow.orm.refreshing import refreshed
from asyncsa_lint.flow.orm.written import (
    after_insert,
    after_update,
    generated_by_update,
    given_by_update,
    is_far_side,
)
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Instance, LogEntry, Occurrence, Phase, Session, Staleness
from asyncsa_lint.flow.states.values import UNKNOWN, ObjectId
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, ModelInfo

if TYPE_CHECKING:
    from asyncsa_lint.flow.states.state import State
    from asyncsa_lint.project.symbols import ClassInfo

HAS_KEY = "is the key of"
"""Last but one part of an assumption, before the id of the instance."""
ONE_OF_SEVERAL = frozenset({"*one of several"})
"""Doubt of a row that the identity map has served (`flow.orm.served`)."""
_HARMLESS = frozenset({Occurrence.LOAD, Occurrence.CLOSE, Occurrence.SAVEPOINT})
_CAUSES = {
    Occurrence.COMMIT: ExpiryCause.COMMIT,
    Occurrence.ROLLBACK: ExpiryCause.ROLLBACK,
    Occurrence.SAVEPOINT_ROLLBACK: ExpiryCause.ROLLBACK,
    Occurrence.EXPIRE_ALL: ExpiryCause.EXPIRE,
}


def catch_up(ident: ObjectId, state: State) -> Instance | None:
    """The instance after everything its session has been through; None for other objects."""
    record = state.get(ident)
    if not isinstance(record, Instance):
        return None
    state.touch(ident, "*")
    session = None if record.session is None else state.get(record.session)
    if not isinstance(session, Session) or record.seen >= len(session.log):
        return record
    if record.phase is Phase.DELETED:
        back = _brought_back(record, session)
        if back is None:
            return record
        record = replace(record, phase=Phase.PERSISTENT, seen=back)
    for position in range(record.seen, len(session.log)):
        entry = session.log[position]
        if not (entry.keyed and record.phase is Phase.PERSISTENT and has_key(ident, state)):
            record = after(record, entry, Around(session, position))
        if record.phase is Phase.DELETED:
            # What came along with it lives on, and sees the rest.
            break
    record = replace(record, seen=position + 1)
    state.put(ident, record)
    return record


def _brought_back(record: Instance, session: Session) -> int | None:
    """Where a rollback has undone the deletion; None when a commit came before it, or none has."""
    for position in range(record.seen, len(session.log)):
        if session.log[position].occurrence in {Occurrence.ROLLBACK, Occurrence.COMMIT, Occurrence.CLOSE}:
            return position if session.log[position].occurrence is Occurrence.ROLLBACK else None
    return None


def has_key(ident: ObjectId, state: State) -> bool:
    """It is known which row the instance is (`flow.orm.keys`)."""
    return any(key[-1] == ident and key[-2:-1] == (HAS_KEY,) for key in state.assumed)


def after(record: Instance, entry: LogEntry, around: Around = NOWHERE) -> Instance:
    """The instance after one occurrence."""
    if record.plan is not None and record.plan.doubtful and _may_be_another(record, entry):
        return unknown(record)
    match entry.occurrence:
        case Occurrence.FLUSH:
            done = flushed if entry.certain else _maybe_flushed
            return done(record, entry, around)
        case Occurrence.COMMIT:
            expired = _expired(record, entry, around) if entry.expires else record
            return replace(expired, uncommitted=False, savepoint="")
        case Occurrence.ROLLBACK:
            if _is_new(record, inserted=record.uncommitted):
                return _withdrawn(record)
            return _expired(record, entry, around) if entry.expires else record
        case Occurrence.SAVEPOINT:
            return replace(record, savepoint="") if record.savepoint else record
        case Occurrence.SAVEPOINT_ROLLBACK:
            return _undone(record, entry, around)
        case Occurrence.UPDATE:
            return _updated(record, entry, around)
        case Occurrence.DELETE:
            met = record.phase is Phase.PERSISTENT and record.model.cls in entry.classes
            return replace(record, phase=Phase.DELETED) if met else record
        case Occurrence.EXPIRE_ALL:
            return _expired(record, entry, around)
        case Occurrence.CLOSE | Occurrence.EXPUNGE_ALL:
            return _detached(record, entry, around)
        case Occurrence.LOAD:
            return _reloaded(record, entry)
        case Occurrence.UNKNOWN:
            return unknown(record)


def _may_be_another(record: Instance, entry: LogEntry) -> bool:
    """It is one of several rows, and what has happened to that one is not seen here."""
    if record.plan is None or not record.plan.doubtful >= ONE_OF_SEVERAL or entry.occurrence in _HARMLESS:
        return False
    return entry.occurrence is not Occurrence.FLUSH or bool(generated_by_update(record.model))


def unknown(record: Instance) -> Instance:
    """The instance when anything may have been loaded or refreshed."""
    return replace(record, plan=None, options=None, expired=None, stale=(), dirty=frozenset())


def _is_new(record: Instance, *, inserted: bool) -> bool:
    """Undoing the work means that the object was never in the database."""
    return record.phase is Phase.PENDING or (record.phase is Phase.PERSISTENT and inserted)


def _withdrawn(record: Instance) -> Instance:
    """Its INSERT was undone: transient again, and everything it had stays readable (TRUTH A(f)); what
    the INSERT has left to be fetched can not be fetched any more."""
    return replace(
        record,
        phase=Phase.TRANSIENT,
        session=None,
        uncommitted=False,
        savepoint="",
        dirty=frozenset(),
    )


def _undone(record: Instance, entry: LogEntry, around: Around) -> Instance:
    """A savepoint is rolled back: what was changed since expires, the rest stays (TRUTH A(f))."""
    if _is_new(record, inserted=record.savepoint == "inserted"):
        return _withdrawn(record)
    if record.savepoint or record.dirty:
        return replace(_expired(record, entry, around), savepoint="")
    if record.phase is Phase.PERSISTENT and entry.classes:
        # It may be one of those that have changed.
        record = with_doubtful_targets(record, entry.classes, ALL)
        if record.plan is not None and record.model.cls in entry.classes:
            record = replace(record, plan=replace(record.plan, doubtful=ALL))
    return record


def _updated(record: Instance, entry: LogEntry, around: Around) -> Instance:
    """A bulk UPDATE of all rows: what the session can not evaluate is expired (TRUTH A(g))."""
    if record.phase is not Phase.PERSISTENT:
        return record
    record = with_doubtful_targets(record, entry.classes, frozenset(name for name, _ in entry.stale))
    if record.model.cls not in entry.classes:
        return record
    known = {name for name, _ in record.stale}
    added = tuple(
        (name, Staleness(cause, entry.span, via=around.calls))
        for name, cause in entry.stale
        if name not in known
    )
    names = {name for name, _ in entry.stale}
    kept = {name: value for name, value in record.attributes.items() if name not in names}
    filled = frozenset(entry.filled) - kept.keys()
    if filled and record.plan is not None:
        kept.update(dict.fromkeys(sorted(filled), UNKNOWN))
        record = replace(record, plan=replace(record.plan, doubtful=record.plan.doubtful | filled))
    # To a savepoint the object has changed, even where the new values are known.
    savepoint = record.savepoint or "changed"
    return replace(record, stale=record.stale + added, attributes=kept, savepoint=savepoint)


def _reloaded(record: Instance, entry: LogEntry) -> Instance:
    """A later statement may have returned this very row: its columns and options count as loaded."""
    if record.phase is not Phase.PERSISTENT:
        return record
    plan = record.plan
    if record.model.cls not in entry.classes:
        return record if plan is None or entry.plan is None else _targets_reloaded(record, plan, entry)
    found = record.attributes
    if (
        plan is not None
        and entry.plan is not None
        and entry.whole
        and not (entry.replaces or entry.plan.opaque)
    ):
        return met(record, entry.plan, replaces=False)
    if plan is not None and entry.plan is not None:
        names = filled_by(record.model, plan, entry.plan) - found.keys()
        found = {**found, **dict.fromkeys(sorted(names), UNKNOWN)}
        known = record.attributes.keys() - plan.doubtful
        plan = refilled_row(record.model, plan, entry.plan)
        plan = replace(plan, doubtful=plan.doubtful - known)
        if entry.replaces or record.expired is not None:
            names = ALL.union(record.attributes)
        else:
            names = names.union(name for name, _ in record.stale)
        if record.uncommitted and record.model.parent is not None and entry.model is not None:
            # A statement for the class above leaves out what this one adds, and expires it.
            names |= own_columns(entry.model, record.model)
        plan = replace(plan, doubtful=plan.doubtful | names)
    return replace(record, expired=None, stale=(), plan=plan, attributes=found)


def with_doubtful_targets(
    record: Instance, classes: Container[ClassInfo | None], names: frozenset[str]
) -> Instance:
    """Related objects that nobody has looked at yet may have lost these attributes."""
    plan = record.plan
    if plan is None:
        return record
    loads = {name: (strategy, child) for name, strategy, child in plan.loads}
    for name, attribute in record.model.attributes.items():
        if attribute.target in classes and name not in record.attributes:
            loading, child = plan.look_up(record.model, attribute)
            if loading is Loading.LOADED:
                strategy = loads[name][0] if name in loads else attribute.lazy
                loads[name] = (strategy, replace(child, doubtful=child.doubtful | names))
    doubted = tuple((name, *loads[name]) for name in sorted(loads))
    return replace(record, plan=replace(plan, loads=doubted))


def _targets_reloaded(record: Instance, plan: Plan, entry: LogEntry) -> Instance:
    """The row may be that of a related object which nobody has looked at yet: it stands in the plan only."""
    attributes = record.model.attributes
    later = entry.plan
    loads = tuple(
        (name, strategy, refilled(below, later))
        if later is not None
        and name not in record.attributes
        and (attribute := attributes.get(name)) is not None
        and attribute.target in entry.classes
        else (name, strategy, below)
        for name, strategy, below in plan.loads
    )
    same = all(old[2] is new[2] for old, new in zip(plan.loads, loads, strict=True))
    return record if same else replace(record, plan=replace(plan, loads=loads))


def _expired(record: Instance, entry: LogEntry, around: Around) -> Instance:
    if record.phase is not Phase.PERSISTENT:
        return record
    kind = ExpiryCause.REFUSED if entry.refused else _CAUSES[entry.occurrence]
    cause = Staleness(kind, entry.span, certain=entry.certain, via=around.calls)
    latest = record.expired is None or entry.occurrence is Occurrence.ROLLBACK
    return replace(
        record,
        expired=cause if latest else record.expired,
        attributes={},
        given=frozenset(),
        stale=(),
        borrowed=frozenset(),
        dirty=frozenset(),
    )


def _detached(record: Instance, entry: LogEntry, around: Around) -> Instance:
    if record.phase is Phase.PENDING:
        return replace(record, phase=Phase.TRANSIENT, session=None)
    if record.phase is not Phase.PERSISTENT:
        return record
    kept = {name: value for name, value in record.attributes.items() if name not in record.borrowed}
    # An object whose INSERT is undone later becomes transient, though the session has lost it.
    undoable = record.uncommitted and entry.occurrence is Occurrence.EXPUNGE_ALL
    return replace(
        record,
        phase=Phase.DETACHED,
        plan=None if undoable else record.plan,
        attributes=kept,
        borrowed=frozenset(),
        detached=Staleness(ExpiryCause.EXPIRE, entry.span, via=around.calls),
    )


def flushed(record: Instance, entry: LogEntry, around: Around = NOWHERE) -> Instance:
    """INSERT of a pending object, UPDATE of a dirty one."""
    written = record.linked or any(
        not is_far_side(record.model, name) or record.model.attributes[name].collection
        for name in record.dirty
    )
    if record.expired is not None and written and record.phase is Phase.PERSISTENT:
        # It, or what refers to it, is written: for that its key is fetched, with all that has expired.
        again = refreshed(record)
        plan = None if again.plan is None else replace(again.plan, doubtful=ALL)
        return replace(again, plan=plan, linked=False, attributes={**again.attributes, **record.attributes})
    if record.phase is Phase.PENDING:
        kept = {
            name: value
            for name, value in record.attributes.items()
            if name in record.given or not is_relationship(record.model, name)
        }
        stale = tuple(after_insert(record, entry, around))
        kept = {name: value for name, value in kept.items() if name not in {n for n, _ in stale}}
        return replace(
            record,
            phase=Phase.PERSISTENT,
            plan=CREATED if record.plan is not None else None,
            options=EMPTY,
            attributes=kept,
            dirty=frozenset(),
            stale=stale,
            uncommitted=True,
            savepoint="inserted",
        )
    if record.phase is Phase.PERSISTENT and record.dirty:
        known = {name for name, _ in record.stale}
        added = tuple(item for item in after_update(record, entry, around) if item[0] not in known)
        names = {name for name, _ in added}
        kept = {name: value for name, value in record.attributes.items() if name not in names}
        kept.update(dict.fromkeys(given_by_update(record), UNKNOWN))
        return replace(
            record,
            dirty=frozenset(),
            stale=record.stale + added,
            attributes=kept,
            savepoint=record.savepoint or "changed",
        )
    return record


def _maybe_flushed(record: Instance, entry: LogEntry, around: Around) -> Instance:
    """A new object may have been inserted; what an UPDATE takes away may be gone."""
    if record.phase is Phase.PENDING:
        return unknown(flushed(record, entry, around))
    done = flushed(record, entry, around)
    if done is record or done.plan is None:
        return done
    taken = [name for name, _ in done.stale if name not in {known for known, _ in record.stale}]
    plan = replace(done.plan, doubtful=done.plan.doubtful.union(taken))
    return replace(
        done, stale=record.stale, plan=plan, attributes={**done.attributes, **dict.fromkeys(taken, UNKNOWN)}
    )


def is_relationship(model: ModelInfo, name: str) -> bool:
    attribute = model.attributes.get(name)
    return attribute is not None and attribute.kind is AttributeKind.RELATIONSHIP


def some_attribute_set(ident: ObjectId, state: State) -> None:
    """`setattr` with a computed name: any attribute may be the one.

    A new object may have got any of its collections; an expired one any of its values
    back. On a loaded object it is taken for a column, as in `for name, value in data`.
    """
    record = catch_up(ident, state)
    if record is None:
        return
    if record.phase in {Phase.TRANSIENT, Phase.PENDING} or record.expired is not None:
        state.put(ident, unknown(record))
    elif record.phase is Phase.PERSISTENT and record.plan is not None:
        state.put(ident, replace(record, dirty=record.dirty | {"*"}))
