"""What brings rows into a session: queries, `get`, `refresh`, `merge`.

    author = await session.get_one(Author, 1)                 # columns, mapped defaults
    await session.scalars(select(Author).options(...))        # may return the same row again
    again = await session.get(Author, 1, options=[...])       # the very same: options ignored
    await session.refresh(author)                             # repeats the options of the first load
    await session.refresh(author, ["books"])                  # exactly the named attributes

The rows are TRUTH A(a). Two keys are the same when they are the same literal, the same
name that nothing has rebound, or the key of an instance in hand; otherwise `get` may give
the row that is already there, and what that has loaded counts.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm import keys, sql
from asyncsa_lint.flow.orm.attaching import names_of
from asyncsa_lint.flow.orm.echoes import repopulated
from asyncsa_lint.flow.orm.held import OPTIONS, held_rows, mixed, with_held, without_unbrought
from asyncsa_lint.flow.orm.instances import log_length, materialise
from asyncsa_lint.flow.orm.joined_rows import pairs_of
from asyncsa_lint.flow.orm.lifetime import catch_up, is_relationship, unknown
from asyncsa_lint.flow.orm.meeting import met
from asyncsa_lint.flow.orm.plans import LoaderOption, Loading, Plan
from asyncsa_lint.flow.orm.refilling import NOTHING, filled_by, refilled
from asyncsa_lint.flow.orm.refreshing import asked_for_keys, below, has_no_rows, loaded_anew, refreshed
from asyncsa_lint.flow.orm.results import consume
from asyncsa_lint.flow.orm.transactions import begun, log, started
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Instance, LogEntry, Occurrence, Phase, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    NONE,
    TRUE,
    UNKNOWN,
    Arguments,
    ClassValue,
    EntityRow,
    ObjectId,
    Ref,
    ResultValue,
    StatementValue,
    Value,
)
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, Direction, MappedAttribute

if TYPE_CHECKING:
    from asyncsa_lint.findings import Span
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.mapping.mapped_attributes import ModelInfo
    from asyncsa_lint.project.symbols import ClassInfo

QUERIES = frozenset({"execute", "scalars", "scalar", "stream", "stream_scalars", "exec"})


def query(
    self: Interpreter, receiver: Ref, name: str, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """`execute`, `scalars`, `stream`...: the result, and what the statement does to the session."""
    span = self.span(node)
    started(receiver.id, span, state)
    statement = arguments.get(0, "statement")
    if not isinstance(statement, StatementValue):
        log(receiver.id, LogEntry(Occurrence.UNKNOWN, span), state)
        return ResultValue(receiver.id, (), scalars=False, is_async=name.startswith("stream"), span=span)
    note_statement(self, receiver.id, statement, span, state)
    row, joined = sql.row_of(self, statement)
    _meet(receiver.id, row, statement, state)
    scalars = name in {"scalars", "stream_scalars", "scalar"} or (name == "exec" and len(row) == 1)
    result = ResultValue(
        receiver.id,
        row[:1] if scalars else row,
        scalars,
        is_async=name.startswith("stream"),
        joined_collection=joined,
        span=span,
        seen=None if name.startswith("stream") else log_length(receiver.id, state),
        whole=sql.gives_all(statement),
        pairs=pairs_of(self.context.models, statement) if len(row) > 1 and not scalars else (),
    )
    return consume(self, result, "scalar", node, state) if name == "scalar" else result


def _meet(session: ObjectId, row: tuple[Value, ...], statement: StatementValue, state: State) -> None:
    """The instance in hand that is the chosen row is filled by the statement."""
    for cell in row:
        if not isinstance(cell, EntityRow):
            continue
        same = keys.holder(session, cell.cls, keys.plain(cell.key, state), state)
        record = None if same is None else catch_up(same, state)
        if record is not None and same is not None:
            state.touch(same, OPTIONS)
            state.touch(same, "**")
            state.put(same, met(record, cell.plan, replaces=statement.populate_existing))


def _is_keyed(statement: StatementValue, entity: ClassValue, state: State) -> bool:
    """The statement chooses one row of the entity, by a key whose names still mean what they meant."""
    return (
        statement.key is not None
        and statement.key[0] == entity
        and keys.plain(statement.key[1], state) is not None
    )


def note_statement(
    self: Interpreter, ident: ObjectId, statement: StatementValue, span: Span, state: State
) -> None:
    """What the statement does to instances that the session already holds."""
    entities = [e for e in statement.entities if isinstance(e, ClassValue)]
    models = [(e, model) for e in entities if (model := self.context.models.get(e.cls)) is not None]
    if statement.kind.startswith("update") and models:
        _note_update(self, ident, models[0][1], statement, span, state)
    if statement.kind.startswith("delete") and models and statement.synchronize != "False":
        classes = frozenset(sql.lineage_of(self, models[0][0].cls))
        log(ident, LogEntry(Occurrence.DELETE, span, classes=classes), state)
    if statement.kind.startswith(("select", "text", "compound")) or "returning" in statement.kind:
        for entity, _ in models:
            entry = LogEntry(
                Occurrence.LOAD,
                span,
                plan=sql.plan_for(self, entity, statement),
                whole=not statement.filtered,
                replaces=statement.populate_existing,
                keyed=_is_keyed(statement, entity, state),
            )
            _note_plan(self, ident, entity.cls, entry, state)


def _note_update(
    self: Interpreter, ident: ObjectId, model: ModelInfo, statement: StatementValue, span: Span, state: State
) -> None:
    """A bulk UPDATE without WHERE reaches every row, so also the instances in hand."""
    if statement.filtered or statement.synchronize == "False":
        return
    stale = sql.stale_after_update(model, statement)
    session = state.get(ident)
    filled = sql.filled_by_update(model, statement)
    if stale or filled or (isinstance(session, Session) and session.savepoints):
        classes = frozenset({model.cls, *self.context.project.subclasses(model.cls)})
        log(ident, LogEntry(Occurrence.UPDATE, span, classes=classes, stale=stale, filled=filled), state)


def _note_plan(
    self: Interpreter, ident: ObjectId, cls: ClassInfo, entry: LogEntry, state: State, depth: int = 0
) -> None:
    """A load of the class and of what comes along with it, for the instances of both."""
    lineage = sql.lineage_of(self, cls)
    exact = not depth and self.context.is_alone(cls)
    whole, keyed = entry.whole and exact, entry.keyed and exact
    model = self.context.models.get(cls)
    log(ident, replace(entry, classes=lineage, whole=whole, keyed=keyed, model=model), state)
    if model is None or entry.plan is None or depth > 4:
        return
    for attribute in model.attributes.values():
        if attribute.kind is AttributeKind.RELATIONSHIP and attribute.target is not None:
            loading, child = entry.plan.look_up(model, attribute)
            if loading is Loading.LOADED:
                _note_plan(self, ident, attribute.target, replace(entry, plan=child), state, depth + 1)


def get(
    self: Interpreter, receiver: Ref, name: str, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """`get(Model, key)`: a new instance, or the one with this key that is in the session."""
    span = self.span(node)
    entity = arguments.get(0, "entity")
    model = self.context.models.get(entity.cls) if isinstance(entity, ClassValue) else None
    session = state.get(receiver.id)
    if model is None or not isinstance(session, Session):
        return UNKNOWN
    replaces = arguments.keyword("populate_existing") == TRUE
    plan = _plan_of_get(self, model.cls, arguments, state)
    if replaces:
        plan = repopulated(plan, model, self.context.lineage, self.context.models.get)
    written = keys.argument(node)
    key = None if written is None else keys.spelled(self, written, model.cls, state)
    same = keys.holder(receiver.id, model.cls, key, state)
    if same is not None:
        return _again(Ref(same), plan, arguments, state)
    apart = keys.others(key, state)
    possible = [i for i in held_rows(receiver.id, self.context.lineage(model.cls), state) if i not in apart]
    # A row that is there is handed out without a word to the database.
    started(receiver.id, span, state, certain=not possible)
    entry = LogEntry(Occurrence.LOAD, span, plan=plan, replaces=replaces, keyed=key is not None)
    _note_plan(self, receiver.id, model.cls, entry, state)
    made = Instance(
        model=model,
        session=receiver.id,
        plan=plan,
        options=plan,
        phase=Phase.PERSISTENT,
        seen=log_length(receiver.id, state),
        nullable=name == "get",
        loaded_at=span,
    )
    made = without_unbrought(
        self.context.models, mixed(made, possible, state), self.context.lineage(model.cls), state
    )
    value = state.new(made)
    keys.remember(value.id, key, state, got=True)
    return value


def _plan_of_get(self: Interpreter, cls: ClassInfo, arguments: Arguments, state: State) -> Plan:
    given = arguments.keyword("options")
    options: tuple[LoaderOption, ...] = ()
    opaque = arguments.opaque
    if given is not None:
        options, unclear = sql.collect_options((given,), state)
        opaque = opaque or unclear
    return sql.plan_of_options(self, cls, options, opaque=opaque)


def _again(value: Ref, plan: Plan, arguments: Arguments, state: State) -> Value:
    """The row is in the session: as it is, or populated again when the call says so."""
    record = catch_up(value.id, state)
    if record is None:
        return value
    state.touch(value.id, OPTIONS)
    if arguments.keyword("populate_existing") == TRUE:
        record = met(record, plan, replaces=True)
    elif arguments.keyword("with_for_update") is not None:
        known = record.plan
        record = replace(
            record, plan=None if known is None else refilled(known, plan), expired=None, stale=()
        )
    elif record.expired is not None:
        record = refreshed(record)
    state.put(value.id, record)
    return value


def refresh(self: Interpreter, receiver: Ref, arguments: Arguments, span: Span, state: State) -> None:
    """`refresh(instance)`, `refresh(instance, ["name"])`."""
    target = arguments.get(0, "instance")
    names = arguments.get(1, "attribute_names")
    if isinstance(target, Ref):
        _given_up(target, names, state)
    started(receiver.id, span, state)
    record = catch_up(target.id, state) if isinstance(target, Ref) else None
    if record is None or not isinstance(target, Ref):
        return
    if arguments.opaque:
        state.put(target.id, unknown(record))
    elif names is None or names == NONE:
        state.touch(target.id, OPTIONS)
        again = loaded_anew(self, record, state)
        state.put(target.id, again)
        note_below(self, again, span, state)
    else:
        listed = names_of(names, state)
        if listed is None:
            state.put(target.id, unknown(record))
        else:
            state.put(target.id, asked_for_keys(record, listed))
            reload(self, target, listed, span, state)


def note_below(self: Interpreter, again: Instance, span: Span, state: State) -> None:
    """What comes along with an instance that is loaded anew may be in hand, too."""
    if again.session is None or again.plan is None:
        return
    for attribute in again.model.attributes.values():
        if attribute.kind is AttributeKind.RELATIONSHIP and attribute.target is not None:
            loading, child = again.plan.look_up(again.model, attribute)
            if loading is Loading.LOADED:
                entry = LogEntry(Occurrence.LOAD, span, plan=child)
                _note_plan(self, again.session, attribute.target, entry, state, 1)


def _given_up(target: Ref, names: Value | None, state: State) -> None:
    """A refresh expires before it flushes: what was set on these attributes is never written
    (observed on 2.0 and 2.1)."""
    record = catch_up(target.id, state)
    if record is None or not record.dirty:
        return
    all_of_them = names is None or names == NONE
    listed = record.dirty if all_of_them else frozenset(names_of(names or NONE, state) or ())
    kept = {name: value for name, value in record.attributes.items() if name not in record.dirty & listed}
    state.put(target.id, replace(record, dirty=record.dirty - listed, attributes=kept))


def reload(self: Interpreter, target: Ref, names: list[str], span: Span, state: State) -> None:
    """Exactly the named attributes become readable (TRUTH A(a))."""
    for name in names:
        record = catch_up(target.id, state)
        if record is None:
            return
        attribute = record.model.attributes.get(name)
        unwritten = attribute is not None and has_no_rows(self, record, attribute, state)
        if attribute is not None and not unwritten and _is_loaded_by_name(attribute, record):
            child = below(record, name)
            if record.session is not None and attribute.target is not None:
                entry = LogEntry(Occurrence.LOAD, span, plan=child)
                _note_plan(self, record.session, attribute.target, entry, state, 1)
                record = catch_up(target.id, state) or record
            if not _is_the_new_row(record, attribute, state):
                kept = {key: value for key, value in record.attributes.items() if key != name}
                record = replace(record, attributes=kept, borrowed=record.borrowed - {name})
                state.put(target.id, record)
                materialise(self, target, record, attribute, child, state)
                record = catch_up(target.id, state) or record
        else:
            plan = record.plan
            if plan is not None and attribute is not None and attribute.kind is AttributeKind.RELATIONSHIP:
                plan = replace(plan, doubtful=plan.doubtful | {name})
            record = replace(record, attributes={**record.attributes, name: UNKNOWN}, plan=plan)
        stale = tuple(item for item in record.stale if item[0] != name)
        state.put(target.id, replace(record, stale=stale, given=record.given | {name}))


def _is_the_new_row(record: Instance, attribute: MappedAttribute, state: State) -> bool:
    """A to-one was set to an object that the program has made and the session has written: the key leads
    to that row, so a refresh gives that object again."""
    other = state.object_of(record.attributes.get(attribute.name, UNKNOWN))
    return (
        attribute.direction is Direction.MANY_TO_ONE
        and isinstance(other, Instance)
        and other.uncommitted
        and other.phase is Phase.PERSISTENT
        and other.session == record.session
    )


def _is_loaded_by_name(attribute: MappedAttribute, record: Instance) -> bool:
    """A relationship that a refresh loads; not a to-one that leads back, to the parent in a tree or to
    a class on the way by which the row was reached (observed on SQLAlchemy 2.0 and 2.1)."""
    met = () if record.options is None else record.options.ancestors
    back = attribute.target is attribute.owner or attribute.target in met
    upwards = attribute.direction is Direction.MANY_TO_ONE and back
    return attribute.kind is AttributeKind.RELATIONSHIP and not upwards


def _has_key(record: Instance) -> bool:
    """A new object that names its row: `merge` looks for it."""
    return any(
        attribute.primary_key and name in record.given for name, attribute in record.model.attributes.items()
    )


def _copied(record: Instance) -> list[str]:
    """What `merge` sets on the object of the session: all that the given one has."""
    if record.plan is None or record.expired is not None:
        return list(record.attributes)
    there = filled_by(record.model, NOTHING, record.plan)
    return [*record.attributes, *sorted(there - record.attributes.keys())]


def merge(self: Interpreter, receiver: Ref, arguments: Arguments, span: Span, state: State) -> Value:
    """`merge(instance, options=[...])`: a persistent copy; what the given one had set is set on it."""
    given = arguments.get(0, "instance")
    started(receiver.id, span, state)
    record = catch_up(given.id, state) if isinstance(given, Ref) else None
    if record is None or not isinstance(given, Ref):
        return UNKNOWN
    if record.phase is Phase.PERSISTENT and record.session == receiver.id:
        return given
    state.touch(given.id, "**")
    if record.phase in {Phase.TRANSIENT, Phase.PENDING} and not _has_key(record):
        begun(receiver.id, state)
        related = [name for name in record.attributes if is_relationship(record.model, name)]
        attributes = {**record.attributes, **dict.fromkeys(related, UNKNOWN)}
        seen = log_length(receiver.id, state)
        pending = replace(
            record, session=receiver.id, phase=Phase.PENDING, attributes=attributes, seen=seen, loaded_at=span
        )
        return state.new(pending)
    plan = _plan_of_get(self, record.model.cls, arguments, state)
    if record.plan is None:
        plan = replace(plan, opaque=True)
    made = Instance(
        model=record.model,
        session=receiver.id,
        plan=plan,
        options=plan,
        attributes=dict.fromkeys(_copied(record), UNKNOWN),
        seen=log_length(receiver.id, state),
        loaded_at=span,
    )
    return state.new(with_held(self.context.models, made, sql.lineage_of(self, record.model.cls), state))
