"""What a to-one gives that only the identity map can serve: one of the rows that the session holds.

    author = await session.get(Author, author_id)
    book = await session.get(Book, book_id)
    book.author        # fails, unless it is a row in hand: whoever goes on has one of those

Which of them it is remains open: what all of them have loaded, it has. Whatever happens to one of
them later may have happened to it. Where a list holds all rows of the class, or a join has brought the
two together, it is certain that the session has it:

    for book, author in await session.execute(select(Book, Author).join(Book.author)):
        book.author        # is the author
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm.echoes import unclear
from asyncsa_lint.flow.orm.held import brought
from asyncsa_lint.flow.orm.identity import may_be_served, raises_on_held
from asyncsa_lint.flow.orm.instances import log_length
from asyncsa_lint.flow.orm.lifetime import ONE_OF_SEVERAL, catch_up
from asyncsa_lint.flow.orm.plans import OPAQUE, Loading, Plan
from asyncsa_lint.flow.orm.refilling import FILLED
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Instance, ListObject, Phase
from asyncsa_lint.flow.states.values import UNKNOWN, Ref, ResultValue, Value
from asyncsa_lint.project.mapping.mapped_attributes import Direction

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.flow.states.state import State
    from asyncsa_lint.project.mapping.mapped_attributes import MappedAttribute, ModelInfo

_HOPS = 4
_ASKED = frozenset({Loading.UNLOADED, Loading.RAISES_ON_SQL})
"""What a read finds in the identity map where that has the row."""


def same_row(
    self: Interpreter, value: Ref, record: Instance, attribute: MappedAttribute, state: State
) -> Value:
    """The row that another to-one by the same key has loaded: `member.active_group` is `member.group`."""
    from asyncsa_lint.flow.orm.instances import materialise

    if record.plan is None:
        return UNKNOWN
    for other in record.model.attributes.values():
        alike = other.name != attribute.name and not other.collection and other.target is attribute.target
        if not (alike and len(other.foreign_keys) == 1 and other.foreign_keys == attribute.foreign_keys):
            continue
        if other.name in record.attributes:
            return record.attributes[other.name]
        loading, child = record.plan.look_up(record.model, other)
        if loading is Loading.LOADED and not record.plan.doubts(record.model, other):
            return materialise(self, value, record, other, child, state)
    return UNKNOWN


def served_row(self: Interpreter, record: Instance, attribute: MappedAttribute, state: State) -> Value:
    """The row of the session behind a to-one; nothing is known of it where that is so of one it may be."""
    model = None if attribute.target is None else self.context.models.get(attribute.target)
    if model is None or record.session is None or record.plan is None:
        return UNKNOWN
    missing = _missing_on_some(self, model, record, state)
    plan = None if missing is None else Plan(opaque=True, more=True, doubtful=missing | ONE_OF_SEVERAL)
    return state.new(
        Instance(
            model=model,
            session=record.session,
            plan=plan,
            options=None if plan is None else OPAQUE,
            seen=log_length(record.session, state),
            nullable=attribute.nullable is not False,
            loaded_at=record.loaded_at,
            via=record.via,
        )
    )


def among_all(self: Interpreter, record: Instance, attribute: MappedAttribute, state: State) -> Value:
    """One of the rows of a list that holds all of the class, behind a to-one to that; else unknown."""
    from asyncsa_lint.flow.evaluation.loops import fresh

    element = _each_of_all(record, attribute, state)
    target = None if attribute.target is None else self.context.models.get(attribute.target)
    if element is None or target is None or not _names_a_row(self, record, attribute, target, state):
        return UNKNOWN
    lineage = self.context.lineage(target.cls)
    for ident in list(state.heap):
        other = state.get(ident)
        if isinstance(other, Instance) and other.model.cls in lineage and other.session == record.session:
            caught = catch_up(ident, state)
            if caught is not None and caught.phase not in {Phase.TRANSIENT, Phase.PENDING}:
                there = caught.plan is not None and caught.expired is None
                if not there or caught.phase is not Phase.PERSISTENT:
                    return UNKNOWN
    row = fresh(element, state)
    copy = state.object_of(row)
    if isinstance(row, Ref) and isinstance(copy, Instance):
        state.put(row.id, replace(copy, nullable=attribute.nullable is not False))
    return row


def _each_of_all(record: Instance, attribute: MappedAttribute, state: State) -> Ref | None:
    """What stands for each row of a list in a variable that holds all of the target."""
    for value in state.env.values():
        held = state.object_of(value)
        if isinstance(held, ListObject) and isinstance(held.element, Ref):
            row = state.get(held.element.id)
            every = isinstance(row, Instance) and row.whole and row.session == record.session
            if isinstance(row, Instance) and every and row.model.cls is attribute.target:
                return held.element
    return None


def _names_a_row(
    self: Interpreter, record: Instance, attribute: MappedAttribute, target: ModelInfo, state: State
) -> bool:
    """The identity map can be asked: by a key that was loaded, and is the one of the target."""
    plan, model = record.plan, record.model
    keys = [model.attributes[key] for key in attribute.foreign_keys if key in model.attributes]
    named = {key.foreign_key.rpartition(".")[2] for key in keys}
    if plan is None or not keys or named != {a.name for a in target.attributes.values() if a.primary_key}:
        return False
    if any(key.name not in record.given and plan.doubts(model, key) for key in keys):
        return False
    if plan.look_up(model, attribute)[0] not in _ASKED or not may_be_served(model, attribute, plan):
        return False
    return not raises_on_held(model, attribute, record.session, self.context.lineage(model.cls), state)


def tie(self: Interpreter, result: ResultValue, row: tuple[Value, ...], state: State) -> None:
    """A join has brought an instance and the one behind its to-one into one row."""
    for one, name, other in result.pairs:
        owner, held = state.object_of(row[one]), state.object_of(row[other])
        if not isinstance(owner, Instance) or not isinstance(held, Instance):
            continue
        attribute = owner.model.attributes[name]
        if attribute.direction is Direction.MANY_TO_ONE:
            _tie(self, row[one], attribute, row[other], state)
        back = held.model.attributes.get(attribute.back_populates)
        if attribute.direction is Direction.ONE_TO_MANY and back is not None:
            _tie(self, row[other], back, row[one], state)


def _tie(self: Interpreter, owner: Value, attribute: MappedAttribute, target: Value, state: State) -> None:
    record, other = state.object_of(owner), state.object_of(target)
    if not isinstance(owner, Ref) or not isinstance(record, Instance) or not isinstance(other, Instance):
        return
    fits = attribute.name not in record.attributes and record.expired is None and other.expired is None
    if fits and _names_a_row(self, record, attribute, other.model, state):
        attributes = {**record.attributes, attribute.name: target}
        borrowed = record.borrowed | {attribute.name}
        state.put(owner.id, replace(record, attributes=attributes, borrowed=borrowed))


def tied_anew(old: tuple[Value, ...], new: tuple[Value, ...], state: State) -> None:
    """Of a row that was copied: what its instances have of each other is the copy, too."""
    names: dict[Value, Value] = {
        one: two for one, two in zip(old, new, strict=True) if isinstance(one, Ref) and one != two
    }
    for copy in names.values() if len(names) > 1 else ():
        record = state.object_of(copy)
        if isinstance(copy, Ref) and isinstance(record, Instance) and record.borrowed:
            kept = {name: names.get(value, value) for name, value in record.attributes.items()}
            state.put(copy.id, replace(record, attributes=kept))


def doubted(
    self: Interpreter, record: Instance, attribute: MappedAttribute, child: Plan, state: State
) -> Plan:
    """The plan of a row that has come along, or was in the session by whatever load."""
    model = None if attribute.target is None else self.context.models.get(attribute.target)
    missing = None
    if model is not None and record.session is not None and record.plan is not None:
        missing = _missing_on_some(self, model, record, state)
    if missing is None:
        return unclear(child)
    return replace(unclear(child), more=True, doubtful=child.doubtful | missing)


def _missing_on_some(
    self: Interpreter, model: ModelInfo, record: Instance, state: State
) -> frozenset[str] | None:
    """The attributes that not all rows of the class have which the session holds; None for no such row,
    or for one of which nothing is known."""
    lineage = self.context.lineage(model.cls)
    found: list[frozenset[str]] = []
    for ident, other in list(state.heap.items()):
        caught = catch_up(ident, state) if isinstance(other, Instance) else None
        if caught is None or caught.phase in {Phase.TRANSIENT, Phase.PENDING} or caught.expired is not None:
            continue
        mine = caught.session == record.session
        if caught.plan is None or not mine or caught.phase is not Phase.PERSISTENT:
            if caught.session in {None, record.session}:
                return None
            continue
        if caught.model.cls in lineage:
            stale = frozenset(name for name, _ in caught.stale)
            found.append((_missing(caught.model, caught.plan) | stale) - caught.attributes.keys())
        found += [
            _missing(model, plan)
            for plan in brought(self.context.models, caught.model, caught.plan, lineage, _HOPS)
        ]
    return frozenset().union(*found) if found else None


def _missing(model: ModelInfo, plan: Plan) -> frozenset[str]:
    return frozenset(
        name
        for name, attribute in model.attributes.items()
        if attribute.kind in FILLED
        and (plan.look_up(model, attribute)[0] is not Loading.LOADED or plan.doubts(model, attribute))
    )
