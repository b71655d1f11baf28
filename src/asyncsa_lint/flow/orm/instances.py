"""Reading attributes of mapped instances.

`read_attribute` decides what a read meets: a value that is there, a relationship that
the load filled, or I/O that can not happen (`flow.orm.failures` publishes that). After a
failing read the attribute counts as unknown, so one cause gives one finding.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.events import ReadFailure
from asyncsa_lint.flow.orm import failures
from asyncsa_lint.flow.orm.identity import may_be_served, raises_on_held, served_without_io
from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.orm.plans import ALL, OPAQUE, Loading, Plan
from asyncsa_lint.flow.orm.refreshing import refreshed
from asyncsa_lint.flow.orm.transactions import started
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Instance, ListObject, Phase, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import KEY, NONE, UNKNOWN, Const, ObjectId, Ref, Value
from asyncsa_lint.flow.verdicts import Verdict, note
from asyncsa_lint.project.mapping.mapped_attributes import (
    AttributeKind,
    Direction,
    MappedAttribute,
    ModelInfo,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

_CALLED = {AttributeKind.PROPERTY, AttributeKind.HYBRID}


def read_attribute(self: Interpreter, value: Value, name: str, node: ast.AST, state: State) -> Value:
    """`instance.name`; publishes the failure when the read can not work."""
    record = catch_up(value.id, state) if isinstance(value, Ref) else None
    if record is None or not isinstance(value, Ref):
        return UNKNOWN
    name = record.model.meant(name)
    state.touch(value.id, name)
    attribute = record.model.attributes.get(name)
    if attribute is None:
        return UNKNOWN
    if attribute.kind in _CALLED:
        return _computed(self, value, attribute, node, state)
    if attribute.kind is AttributeKind.PROXY:
        from asyncsa_lint.flow.orm.proxies import proxied

        return proxied(self, value, record, attribute, node, state)
    if attribute.kind is AttributeKind.QUERY_EXPRESSION:
        return UNKNOWN
    if attribute.direction is Direction.MANY_TO_ONE and record.expired is None and record.stale:
        record = _served_again(self, value, record, attribute, state)
    if name in record.borrowed and _is_gone(record.attributes.get(name), state):
        kept = {key: held for key, held in record.attributes.items() if key != name}
        record = replace(record, attributes=kept, borrowed=record.borrowed - {name})
        state.put(value.id, record)
    failure = failures.expired(record, attribute)
    if failure is not None and loads_on_access(self, record, state):
        record = _loaded_again(record, attribute)
        state.put(value.id, record)
    elif failure is not None:
        note(self, node, name, Verdict.FAILS, state)
        failures.report(self, value, record, attribute, failure, node, state)
        return _silenced(value, attribute, state, whole=True)
    if name in record.attributes:
        return _at_hand(self, value, record, attribute, node, state)
    if record.phase in {Phase.TRANSIENT, Phase.PENDING}:
        unclear = record.expired is not None or (
            record.plan is not None and record.plan.doubts(record.model, attribute)
        )
        note(self, node, name, Verdict.UNKNOWN if unclear else Verdict.FINE, state)
        return _unset(value, record, attribute, state)
    if record.phase is Phase.DELETED and not _came_along(record, attribute):
        note(self, node, name, Verdict.UNKNOWN, state)
        return UNKNOWN
    return _loaded(self, value, record, attribute, node, state)


def _is_gone(served: Value | None, state: State) -> bool:
    """The identity map does not serve what has left the session, nor what has expired (TRUTH A(e))."""
    other = catch_up(served.id, state) if isinstance(served, Ref) else None
    return other is not None and (other.phase is Phase.DETACHED or other.expired is not None)


def _came_along(record: Instance, attribute: MappedAttribute) -> bool:
    """It was loaded with the instance; a DELETE may have loaded what was not."""
    return record.plan is not None and record.plan.look_up(record.model, attribute)[0] is Loading.LOADED


def _served_again(
    self: Interpreter, value: Ref, record: Instance, attribute: MappedAttribute, state: State
) -> Instance:
    """A to-one that was expired by its name alone may still be found in the identity map."""
    stale = tuple(item for item in record.stale if item[0] != attribute.name)
    if stale == record.stale:
        return record
    served = served_without_io(self, record, attribute, Loading.UNLOADED, state)
    if served is None:
        return record
    record = replace(record, stale=stale, attributes={**record.attributes, attribute.name: served})
    state.put(value.id, record)
    return record


def _loaded_again(record: Instance, attribute: MappedAttribute) -> Instance:
    """A read that may do I/O fetches all that is expired, with what the mapping loads along."""
    if record.expired is None:
        return replace(record, stale=())
    again = refreshed(record)
    if again.plan is not None and attribute.kind is AttributeKind.RELATIONSHIP:
        # Only what the relationship asks for is certain to have been fetched.
        again = replace(again, plan=replace(again.plan, doubtful=ALL))
    return replace(again, attributes=record.attributes, given=record.given, dirty=record.dirty)


def _at_hand(
    self: Interpreter, value: Ref, record: Instance, attribute: MappedAttribute, node: ast.AST, state: State
) -> Value:
    """An attribute that was set, refreshed or read before."""
    name = attribute.name
    found = record.attributes[name]
    unclear = found is UNKNOWN and record.plan is None and attribute.kind is AttributeKind.RELATIONSHIP
    doubted = name in record.borrowed if record.plan is None else name in record.plan.doubtful
    note(self, node, name, Verdict.UNKNOWN if unclear or doubted else Verdict.FINE, state)
    if name in record.borrowed or doubted:
        # The identity map has served it, and from now on it is the instance's own.
        plan = None if record.plan is None else record.plan.proven(name)
        state.put(value.id, replace(record, borrowed=record.borrowed - {name}, plan=plan))
    return found


def loads_on_access(self: Interpreter, record: Instance, state: State) -> bool:
    """In the function given to `run_sync` reading loads what is missing, unless the instance is detached.

    So it does with a synchronous session; what is detached from one is no matter of asyncio.
    """
    session = None if record.session is None else state.get(record.session)
    if not isinstance(session, Session):
        return False
    return not session.is_async or (self.context.in_greenlet and record.phase is not Phase.DETACHED)


def _computed(
    self: Interpreter, value: Ref, attribute: MappedAttribute, node: ast.AST, state: State
) -> Value:
    """A property or hybrid: its body is interpreted with this instance."""
    if attribute.function is None:
        return UNKNOWN
    from asyncsa_lint.flow.calling.calls import call_function
    from asyncsa_lint.flow.states.values import Arguments

    return call_function(self, attribute.function, Arguments((value,)), node, state)


def _unset(value: Ref, record: Instance, attribute: MappedAttribute, state: State) -> Value:
    """An attribute of a new object that was never set: None or an empty collection, no I/O."""
    if attribute.kind is not AttributeKind.RELATIONSHIP:
        return UNKNOWN
    if not attribute.collection:
        return NONE
    made = state.new(ListObject(owner=(value.id, attribute.name)))
    state.put(value.id, replace(record, attributes={**record.attributes, attribute.name: made}))
    return made


def _loaded(
    self: Interpreter, value: Ref, record: Instance, attribute: MappedAttribute, node: ast.AST, state: State
) -> Value:
    from asyncsa_lint.flow.orm import served

    plan = OPAQUE if record.plan is None else record.plan
    loading, child = plan.look_up(record.model, attribute)
    unclear = (
        record.plan is None
        or plan.doubts(record.model, attribute)
        or _misses_subclasses(self, record.model, plan, attribute)
    )
    verdict = Verdict.UNKNOWN if unclear else Verdict.FINE
    if loading is Loading.UNKNOWN and plan.opaque:
        loading = Loading.LOADED
        child = OPAQUE
    if attribute.kind is not AttributeKind.RELATIONSHIP:
        if loading is Loading.LOADED or _column_is_set(record, attribute):
            note(self, node, attribute.name, verdict, state)
            if verdict is Verdict.UNKNOWN and record.plan is not None:
                attributes = {**record.attributes, attribute.name: UNKNOWN}
                known = record.plan.proven(attribute.name)
                state.put(value.id, replace(record, attributes=attributes, plan=known))
            return KEY if _is_key(record, attribute) else UNKNOWN
        kind = ReadFailure.RAISELOAD if loading is Loading.RAISES else ReadFailure.NOT_LOADED
    elif attribute.lazy == "noload" and record.expired is not None:
        # What the options of its load have said of it went with the rest.
        note(self, node, attribute.name, Verdict.UNKNOWN, state)
        made = ListObject(items=None, element=UNKNOWN, owner=(value.id, attribute.name))
        return state.new(made) if attribute.collection else UNKNOWN
    elif loading is Loading.LOADED:
        note(self, node, attribute.name, verdict, state)
        if unclear and attribute.direction is Direction.MANY_TO_ONE:
            # If not so, the row was in the session, by whatever load.
            child = served.doubted(self, record, attribute, child, state)
        return materialise(self, value, record, attribute, child, state)
    elif loading is Loading.NOTHING:
        gone = record.expired is not None and attribute.lazy != "noload"
        note(self, node, attribute.name, Verdict.UNKNOWN if gone else verdict, state)
        if failures.reads_as_empty(self, record, attribute, node):
            failure = failures.Failure(ReadFailure.EMPTY)
            failures.report(self, value, record, attribute, failure, node, state)
        return _unset(value, record, attribute, state)
    elif loading in {Loading.SPECIAL, Loading.UNKNOWN}:
        note(self, node, attribute.name, verdict if loading is Loading.SPECIAL else Verdict.UNKNOWN, state)
        return UNKNOWN
    else:
        found = served_without_io(self, record, attribute, loading, state)
        if found is not None:
            found = served.among_all(self, record, attribute, state) if found is UNKNOWN else found
            note(self, node, attribute.name, Verdict.UNKNOWN if found is UNKNOWN else verdict, state)
            if found is UNKNOWN:
                found = served.same_row(self, value, record, attribute, state)
            if found is UNKNOWN:
                found = served.served_row(self, record, attribute, state)
            now = state.get(value.id)
            current = now if isinstance(now, Instance) else record
            attributes = {**current.attributes, attribute.name: found}
            state.put(value.id, replace(current, attributes=attributes))
            return found
        kind = ReadFailure.NOT_LOADED if loading is Loading.UNLOADED else ReadFailure.RAISELOAD
    if kind is not ReadFailure.RAISELOAD and loads_on_access(self, record, state):
        note(self, node, attribute.name, verdict, state)
        if record.session is not None:
            started(record.session, self.span(node), state)
            record = catch_up(value.id, state) or record
        if attribute.kind is AttributeKind.RELATIONSHIP:
            below = Plan(ancestors=(record.model.cls,))
            return materialise(self, value, record, attribute, below, state)
        state.put(value.id, replace(record, attributes={**record.attributes, attribute.name: UNKNOWN}))
        return UNKNOWN
    note(self, node, attribute.name, Verdict.FAILS, state)
    if record.phase is Phase.DETACHED and kind is ReadFailure.NOT_LOADED:
        kind = ReadFailure.DETACHED
    failures.report(self, value, record, attribute, failures.Failure(kind), node, state)
    return _silenced(value, attribute, state, whole=False)


def _misses_subclasses(self: Interpreter, model: ModelInfo, plan: Plan, attribute: MappedAttribute) -> bool:
    """Immediate loading of a to-one leaves out rows of a subclass (observed on SQLAlchemy 2.0 and 2.1)."""
    return (
        attribute.direction is Direction.MANY_TO_ONE
        and plan.strategy(attribute) == "immediate"
        and not self.context.is_alone(model.cls)
    )


def _is_key(record: Instance, attribute: MappedAttribute) -> bool:
    """The column of a stored row always holds a value: `order.user_id or order.user.id` reads no user."""
    stored = record.phase in {Phase.PERSISTENT, Phase.DETACHED} and record.plan is not None
    required = attribute.nullable is False and bool(attribute.foreign_key)
    return stored and (attribute.primary_key or required)


def _column_is_set(record: Instance, attribute: MappedAttribute) -> bool:
    """New objects keep what was given; an unset deferred column is loaded on access."""
    plan = record.plan
    return plan is not None and plan.created and (attribute.name in record.given or not attribute.deferred)


def materialise(
    self: Interpreter, value: Ref, record: Instance, attribute: MappedAttribute, child: Plan, state: State
) -> Value:
    """The object or collection behind a loaded relationship; the same one every time."""
    model = None if attribute.target is None else self.context.models.get(attribute.target)
    made: Value = UNKNOWN if model is None else _target(self, value, record, attribute, model, child, state)
    if attribute.collection:
        element = None if model is None else made
        made = state.new(ListObject(items=None, element=element, owner=(value.id, attribute.name)))
    current = state.get(value.id)
    if isinstance(current, Instance):
        plan = None if current.plan is None else current.plan.proven(attribute.name)
        attributes = {**current.attributes, attribute.name: made}
        state.put(value.id, replace(current, attributes=attributes, plan=plan))
    return made


def _phase_beside(record: Instance, attribute: MappedAttribute) -> Phase:
    """The object that a deleted one refers to is not deleted with it."""
    stays = record.phase is Phase.DELETED and attribute.direction is Direction.MANY_TO_ONE
    return Phase.PERSISTENT if stays else record.phase


def _target(
    self: Interpreter,
    value: Ref,
    record: Instance,
    attribute: MappedAttribute,
    model: ModelInfo,
    child: Plan,
    state: State,
) -> Ref:
    """An instance at the other end of the relationship."""
    reverse = model.attributes.get(attribute.back_populates) or _by_the_same_key(record, attribute, model)
    back: dict[str, Value] = {}
    if (
        reverse is not None
        and reverse.kind is AttributeKind.RELATIONSHIP
        and reverse.direction is Direction.MANY_TO_ONE
        and record.phase is not Phase.DETACHED
        and may_be_served(model, reverse, child)
    ):
        # Served by the identity map, so only while there is a session (TRUTH A(b)).
        back = {reverse.name: value}
        keys = [model.attributes[key] for key in reverse.foreign_keys if key in model.attributes]
        lineage = self.context.lineage(model.cls)
        if any(child.doubts(model, key) for key in keys) or raises_on_held(
            model, reverse, record.session, lineage, state
        ):
            back = {reverse.name: UNKNOWN}
            child = replace(child, doubtful=child.doubtful | {reverse.name})
    return state.new(
        Instance(
            model=model,
            session=record.session,
            plan=child if record.plan is not None else None,
            options=child if record.plan is not None else None,
            attributes=back,
            borrowed=frozenset(back),
            phase=_phase_beside(record, attribute),
            seen=record.seen,
            detached=record.detached,
            nullable=not attribute.collection and attribute.nullable is not False,
            loaded_at=record.loaded_at,
            via=record.via,
            root=record.root if record.root is not None else value.id,
            path=(*record.path, (record.model.name, attribute.name, attribute.collection)),
        )
    )


def _by_the_same_key(
    record: Instance, attribute: MappedAttribute, model: ModelInfo
) -> MappedAttribute | None:
    """The way back that nobody has named: by the only key that leads from the members to their owner."""
    if attribute.direction is not Direction.ONE_TO_MANY:
        return None
    for back in model.attributes.values():
        if back.direction is Direction.MANY_TO_ONE and back.target is record.model.cls:
            tables = [each.foreign_key.partition(".")[0] for each in model.attributes.values()]
            keys = [model.attributes[key].foreign_key for key in back.foreign_keys if key in model.attributes]
            only = len(keys) == 1 and tables.count(keys[0].partition(".")[0]) == 1 and bool(keys[0])
            return back if only else None
    return None


def _silenced(value: Ref, attribute: MappedAttribute, state: State, *, whole: bool) -> Value:
    """After a failing read nothing more is claimed about it."""
    record = state.get(value.id)
    if not isinstance(record, Instance):
        return UNKNOWN
    if whole:
        stale = tuple(item for item in record.stale if item[0] != attribute.name)
        state.put(
            value.id,
            replace(
                record,
                expired=None,
                stale=stale,
                plan=None if record.expired is not None else record.plan,
                attributes={**record.attributes, attribute.name: UNKNOWN},
            ),
        )
    else:
        state.put(value.id, replace(record, attributes={**record.attributes, attribute.name: UNKNOWN}))
    return UNKNOWN


def log_length(session: ObjectId | None, state: State) -> int:
    record = None if session is None else state.get(session)
    return len(record.log) if isinstance(record, Session) else 0


def literal_name(value: Value) -> str:
    """The string of a literal attribute name, or empty."""
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else ""
