"""Does a summary hold for another situation? It does when all the callee looked at is alike.

While a function is interpreted its activation records which attributes of the caller's
objects were looked at (`State.touch`). A call in a new situation may use the summary
when these, and only these, are the same there, with object identities put in relation
step by step: the instance that was argument `order` then corresponds to the one that is
now, the session behind it to the session now. What the callee never looked at may differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncsa_lint.flow.calling.situations import Slimmer
from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.orm.plans import OPAQUE, Loading
from asyncsa_lint.flow.states.objects import HeapObject, Instance, ProjectObject, Session
from asyncsa_lint.flow.states.state import VARIABLES, State, object_key, renamed
from asyncsa_lint.flow.states.values import UNKNOWN, ObjectId, Ref, Value
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, MappedAttribute

if TYPE_CHECKING:
    from asyncsa_lint.flow.calling.summaries import Summary

WHOLE = "**"
"""Touched as a whole: every attribute matters."""
TRANSACTION = "in_transaction"
CLOSED = "is_closed"
"""What a session's verdicts can depend on besides its making."""
ITSELF = "*"
"""Its condition was looked at: phase, session, expiry."""
OPTIONS = "*options"
"""What its load filled, and would fill again, was looked at as a whole."""


class Matcher:
    """Compares the situation of one summary with one call."""

    __slots__ = ("_new", "_new_ids", "_old", "_old_ids", "_slimmer", "_state", "_summary")

    def __init__(self, summary: Summary, state: State, slimmer: Slimmer) -> None:
        self._summary = summary
        self._state = state
        self._slimmer = slimmer
        self._old: dict[ObjectId, ObjectId] = {}
        self._new: dict[ObjectId, ObjectId] = {}
        self._old_ids: list[ObjectId] = []
        self._new_ids: list[ObjectId] = []

    def match(self, env: dict[str, Value]) -> dict[ObjectId, ObjectId] | None:
        """The summary's objects by the caller's, or None when it does not hold here."""
        if env.keys() != self._summary.env.keys():
            return None
        read = self._summary.touched.get(VARIABLES, ())
        for name, value in env.items():
            if name in read and not self._same(self._summary.env[name], value):
                return None
        position = 0
        while position < len(self._old_ids):
            if not self._alike(self._old_ids[position], self._new_ids[position]):
                return None
            position += 1
        return dict(zip(self._old_ids, self._new_ids, strict=True))

    def _number_old(self, ident: ObjectId) -> ObjectId:
        if type(ident) is tuple and ident not in self._summary.before:
            return ident
        known = self._old.get(ident)
        if known is None:
            known = self._old[ident] = len(self._old_ids)
            self._old_ids.append(ident)
        return known

    def _number_new(self, ident: ObjectId) -> ObjectId:
        if type(ident) is tuple and ident not in self._state.heap:
            return ident
        known = self._new.get(ident)
        if known is None:
            known = self._new[ident] = len(self._new_ids)
            self._new_ids.append(ident)
        return known

    def _same(self, old: Value | None, new: Value | None) -> bool:
        """The values correspond; what they refer to is put in relation."""
        if old is None or new is None:
            return old is new
        return renamed(old, self._number_old) == renamed(new, self._number_new) and len(self._old_ids) == len(
            self._new_ids
        )

    def _alike(self, old_id: ObjectId, new_id: ObjectId) -> bool:
        old, new = self._summary.before.get(old_id), self._state.get(new_id)
        if type(old) is not type(new) or old is None or new is None:
            return old is None
        touched = self._summary.touched.get(old_id, ())
        if isinstance(old, Instance) and isinstance(new, Instance):
            if touched:
                new = catch_up(new_id, self._state) or new
            return self._instances(old, new, touched)
        if isinstance(old, ProjectObject) and isinstance(new, ProjectObject):
            return self._project_objects(old, new, touched)
        if isinstance(old, Session) and isinstance(new, Session):
            return _session(old, touched) == _session(new, touched)
        return self._whole(old, new_id)

    def _project_objects(self, old: ProjectObject, new: ProjectObject, touched: tuple[str, ...]) -> bool:
        if not touched:
            return True
        if old.cls is not new.cls or old.exact != new.exact:
            return False
        names = sorted({*old.attributes, *new.attributes}) if WHOLE in touched else touched
        for name in names:
            value = new.attributes.get(name)
            mine = UNKNOWN if value is None else self._slimmer.value(value)
            # Slimming has dropped from the old object what does not matter.
            if not self._same(old.attributes.get(name, UNKNOWN), mine):
                return False
        return True

    def _whole(self, old: HeapObject, new_id: ObjectId) -> bool:
        new = self._slimmer.record(new_id)
        if new is None:
            return False
        return object_key(old, self._number_old) == object_key(new, self._number_new) and len(
            self._old_ids
        ) == len(self._new_ids)

    def _instances(self, old: Instance, new: Instance, touched: tuple[str, ...]) -> bool:
        if old.model.cls is not new.model.cls or old.nullable != new.nullable:
            return False
        if not touched:
            return True
        if _condition(old) != _condition(new) or (old.session is None) != (new.session is None):
            return False
        if (
            old.session is not None
            and new.session is not None
            and not self._same(Ref(old.session), Ref(new.session))
        ):
            return False
        if OPTIONS in touched and (old.options, old.plan) != (new.options, new.plan):
            return False
        names = sorted({*old.attributes, *new.attributes}) if WHOLE in touched else touched
        return all(self._attribute(old, new, name) for name in names if not name.startswith("*"))

    def _attribute(self, old: Instance, new: Instance, name: str) -> bool:
        if _stale(old, name) != _stale(new, name):
            return False
        for old_names, new_names in (
            (old.borrowed, new.borrowed),
            (old.dirty, new.dirty),
            (old.given, new.given),
        ):
            if (name in old_names) != (name in new_names):
                return False
        attribute = old.model.attributes.get(name)
        if attribute is None:
            return True
        mine, theirs = new.attributes.get(name), old.attributes.get(name)
        if mine is not None:
            mine = self._slimmer.value_of(new, name, mine)
        if mine is None and theirs is None:
            if old.plan == new.plan:
                return True
            return (old.plan or OPAQUE).look_up(old.model, attribute) == (new.plan or OPAQUE).look_up(
                new.model, attribute
            )
        if mine is None and theirs is UNKNOWN:
            return _is_column_loaded(new, attribute)
        if theirs is None and mine is UNKNOWN:
            return _is_column_loaded(old, attribute)
        return self._same(theirs, mine)


def _is_column_loaded(record: Instance, attribute: MappedAttribute) -> bool:
    """Reading gives a value of which nothing is known, as if it were there already."""
    if attribute.kind is not AttributeKind.COLUMN:
        return False
    return (
        record.expired is None
        and (record.plan or OPAQUE).look_up(record.model, attribute)[0] is Loading.LOADED
    )


def _condition(record: Instance) -> tuple[object, ...]:
    created = record.plan is not None and record.plan.created
    return (
        record.phase,
        record.uncommitted,
        record.savepoint,
        bool(record.dirty),
        record.plan is None,
        created,
        None if record.expired is None else record.expired.cause,
        record.detached is None,
        record.given if created else None,
    )


def _session(record: Session, touched: tuple[str, ...]) -> tuple[object, ...]:
    return (
        record.kind,
        record.is_async,
        record.expire_on_commit,
        record.autoflush,
        record.origin,
        record.certain,
        record.in_transaction if TRANSACTION in touched else None,
        record.is_closed if CLOSED in touched else None,
    )


def _stale(record: Instance, name: str) -> bool:
    return any(stale == name for stale, _ in record.stale)
