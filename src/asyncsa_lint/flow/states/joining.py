"""Joining heap records of two paths: keep what both claim, forget the rest.

A claim is that reading some attribute fails. An attribute that one path has at hand is
unknown in the joined record, so whatever fails there fails on both paths.
"""

from __future__ import annotations

from asyncsa_lint.flow.orm.plans import OPAQUE, Loading, Plan
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import (
    Application,
    DictObject,
    Engine,
    HeapObject,
    Instance,
    ListObject,
    Phase,
    ProjectObject,
    Session,
)
from asyncsa_lint.flow.states.values import UNKNOWN, Value
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, ModelInfo

_PLANNED = frozenset({AttributeKind.COLUMN, AttributeKind.RELATIONSHIP, AttributeKind.COLUMN_PROPERTY})


def _agreed(first: dict[str, Value], second: dict[str, Value]) -> dict[str, Value]:
    names = dict.fromkeys([*first, *second])
    return {
        name: first[name] if name in first and first[name] == second.get(name) else UNKNOWN for name in names
    }


def join_records(first: HeapObject, second: HeapObject) -> HeapObject:
    """The least record above both; of two kinds, the first with nothing known."""
    if type(first) is not type(second):
        return HeapObject()
    if isinstance(first, Instance) and isinstance(second, Instance):
        return _instances(first, second)
    if isinstance(first, Session) and isinstance(second, Session):
        return _sessions(first, second)
    if isinstance(first, ListObject) and isinstance(second, ListObject):
        return _lists(first, second)
    if isinstance(first, DictObject) and isinstance(second, DictObject):
        items = {key: (v if second.items.get(key) == v else UNKNOWN) for key, v in first.items.items()}
        return DictObject(items=items, element=UNKNOWN, opaque=True)
    if isinstance(first, ProjectObject | Application) and isinstance(second, ProjectObject | Application):
        return replace(first, attributes=_agreed(first.attributes, second.attributes))
    if isinstance(first, Engine) and isinstance(second, Engine):
        return replace(
            first, disposed=first.disposed or second.disposed, stored=first.stored or second.stored
        )
    return first


def _instances(first: Instance, second: Instance) -> Instance:
    if (
        first.model.cls is not second.model.cls
        or first.session != second.session
        or first.phase != second.phase
        or (first.expired is None) != (second.expired is None)
    ):
        # Of no session: what happens to the sessions of the paths teaches nothing about it.
        return replace(
            first,
            session=None,
            phase=Phase.PERSISTENT,
            uncommitted=False,
            detached=None,
            plan=None,
            options=OPAQUE,
            expired=None,
            stale=(),
            attributes={},
            dirty=frozenset(),
            borrowed=frozenset(),
            savepoint="",
        )
    agreed = (
        _doubted(first, second)
        if first.plan == second.plan
        else agreed_plan(first.model, first.plan, second.plan)
    )
    return replace(
        first,
        plan=agreed,
        options=either(first.model, first.options, second.options),
        borrowed=first.borrowed & second.borrowed,
        uncommitted=first.uncommitted or second.uncommitted,
        savepoint=_savepoint(first.savepoint, second.savepoint),
        attributes=_agreed(first.attributes, second.attributes),
        stale=tuple(item for item in first.stale if item in second.stale),
        dirty=first.dirty & second.dirty,
        # Written on one path: the flush fetches what has expired.
        linked=first.linked or second.linked or first.dirty != second.dirty,
        given=first.given | second.given,
        nullable=first.nullable or second.nullable,
        whole=first.whole and second.whole,
        seen=max(first.seen, second.seen),
    )


def either(model: ModelInfo, one: Plan | None, two: Plan | None) -> Plan | None:
    """The options of the first load, which was one or the other."""
    return one if one == two else agreed_plan(model, one, two) or OPAQUE


def agreed_plan(model: ModelInfo, one: Plan | None, two: Plan | None) -> Plan | None:
    """Of two plans, what both say; where they differ the attribute counts as loaded, and is doubted."""
    if one is None or two is None or one.opaque or two.opaque or one.created or two.created:
        return None
    loads = {name: (strategy, child) for name, strategy, child in one.loads}
    apart: set[str] = set()
    for name, attribute in model.attributes.items():
        if attribute.kind not in _PLANNED:
            continue
        loading, child = one.look_up(model, attribute)
        other, below = two.look_up(model, attribute)
        if loading is not other:
            apart.add(name)
        below_differs = loading is Loading.LOADED and child != below
        if attribute.kind is AttributeKind.RELATIONSHIP and (loading is not other or below_differs):
            loads[name] = ("selectin", OPAQUE)
    return replace(
        one,
        loads=tuple((name, *loads[name]) for name in sorted(loads)),
        undeferred=one.undeferred | apart,
        doubtful=one.doubtful | two.doubtful | apart,
    )


def _doubted(first: Instance, second: Instance) -> Plan | None:
    """The plan of both; what is not loaded by it, and at hand on one path only, may not be there."""
    plan = first.plan
    if plan is None or second.plan is None:
        return plan
    doubtful = plan.doubtful | second.plan.doubtful
    for name in first.attributes.keys() ^ second.attributes.keys():
        attribute = first.model.attributes.get(name)
        if attribute is not None and plan.look_up(first.model, attribute)[0] is not Loading.LOADED:
            doubtful |= {name}
    return plan if doubtful == plan.doubtful else replace(plan, doubtful=doubtful)


def _savepoint(first: str, second: str) -> str:
    """Undoing an INSERT leaves everything readable, undoing a change expires: the former claims less."""
    if "inserted" in (first, second):
        return "inserted"
    return first if first == second else ""


def _sessions(first: Session, second: Session) -> Session:
    shared = 0
    for one, other in zip(first.log, second.log, strict=False):
        if one != other:
            break
        shared += 1
    return replace(
        first,
        log=first.log[:shared],
        calls=tuple([each for each in first.calls if each[1] <= shared]),
        in_transaction=first.in_transaction if first.in_transaction == second.in_transaction else None,
        is_closed=first.is_closed and second.is_closed,
    )


def _lists(first: ListObject, second: ListObject) -> ListObject:
    """An empty list on one path says nothing about the elements that there are on the other."""
    if first.items == () or second.items == ():
        full = second if first.items == () else first
        if full.items is None:
            return full
    element = first.element if first.element == second.element else UNKNOWN
    return ListObject(items=None, element=element, kind=first.kind)
