"""What an instance has after it was loaded anew: by `refresh`, or since it had expired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm.plans import ALL, EMPTY, OPAQUE, Loading, Plan
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Instance, Phase
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN
from asyncsa_lint.project.mapping.mapped_attributes import (
    AttributeKind,
    Direction,
    MappedAttribute,
    ModelInfo,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def refreshed(record: Instance) -> Instance:
    """After a refresh without names: columns, and the relationships that the first load's options
    or the mapping load; whatever else had been loaded is gone (TRUTH A(a))."""
    options = record.options
    if options is None:
        options = EMPTY if record.plan is not None and record.plan.created else record.plan
    else:
        options = _repeated(options)
    kept = {n: v for n, v in record.attributes.items() if n not in record.model.attributes}
    plan = options
    if options is not None and _asks_for_a_key(record.model, options):
        # One deferred column that is asked for brings all of them.
        plan = replace(options, only=None, deferred=frozenset(), deferred_raising=frozenset())
    return replace(
        record,
        expired=None,
        stale=(),
        dirty=frozenset(),
        given=frozenset(),
        borrowed=frozenset(),
        attributes=kept,
        # By now the class of the row is known, so the columns of a subclass come along.
        plan=None if plan is None else replace(plan, polymorphic=True, again=True),
        options=options,
    )


def loaded_anew(self: Interpreter, record: Instance, state: State) -> Instance:
    """The same for the instance of a call: nobody has written rows for the collections of a new one."""
    again = refreshed(record)
    known = dict(again.attributes)
    for name, each in record.model.attributes.items():
        loading = None if again.plan is None else again.plan.look_up(again.model, each)[0]
        if loading is Loading.LOADED and has_no_rows(self, record, each, state):
            known[name] = UNKNOWN
    return replace(again, attributes=known)


def has_no_rows(self: Interpreter, record: Instance, attribute: MappedAttribute, state: State) -> bool:
    """A relationship of a row that the program has just inserted, and whose other side it has not made:
    what is loaded for it is empty, as far as the path tells."""
    target = attribute.target
    if target is None or attribute.direction not in _WRITTEN_BY_OTHERS or not _is_made(record):
        return False
    if attribute.name in record.given or attribute.name in record.attributes:
        return False
    kin = self.context.lineage(target)
    return not any(
        isinstance(other, Instance) and other.model.cls in kin and other is not record and _is_made(other)
        for other in state.heap.values()
    )


def _is_made(record: Instance) -> bool:
    """The program has made the row, or has something to write to it."""
    created = record.uncommitted or (record.plan is not None and record.plan.created)
    return created or bool(record.dirty) or record.phase in {Phase.PENDING, Phase.TRANSIENT}


_WRITTEN_BY_OTHERS = frozenset({Direction.ONE_TO_MANY, Direction.MANY_TO_MANY})


def asked_for_keys(record: Instance, names: list[str]) -> Instance:
    """An expired instance of which a relationship is refreshed by its name: the key that this needs is
    fetched first, and with that of a to-one all that has expired (observed on 2.0 and 2.1)."""
    mapped = record.model.attributes
    related = [
        mapped[name] for name in names if name in mapped and mapped[name].kind is AttributeKind.RELATIONSHIP
    ]
    if record.expired is None or not related:
        return record
    if any(each.direction is Direction.MANY_TO_ONE for each in related):
        again = refreshed(record)
        return replace(again, plan=None if again.plan is None else replace(again.plan, doubtful=ALL))
    keys = [name for name, attribute in mapped.items() if attribute.primary_key]
    return replace(record, attributes={**record.attributes, **dict.fromkeys(keys, UNKNOWN)})


def _asks_for_a_key(model: ModelInfo, options: Plan) -> bool:
    """A relationship is loaded by a statement of its own, for which a deferred key is fetched."""
    columns = model.attributes
    return any(
        key in columns and options.look_up(model, columns[key])[0] is not Loading.LOADED
        for each in columns.values()
        if options.strategy(each) in {"selectin", "immediate"}
        for key in each.foreign_keys
    )


def _repeated(options: Plan) -> Plan:
    """A refresh repeats the options of the first load, but not the join that `contains_eager` needs."""
    if all(strategy != "contains_eager" for _, strategy, _ in options.loads):
        return options
    loads = tuple((n, "unknown" if s == "contains_eager" else s, p) for n, s, p in options.loads)
    return replace(options, loads=loads)


def below(record: Instance, name: str) -> Plan:
    """What a named refresh loads below the relationship: the options of the first load go on there."""
    if record.plan is None or record.options is None or record.options.opaque:
        return OPAQUE
    known = next((child for loaded, _, child in record.options.loads if loaded == name), None)
    return Plan(ancestors=(record.model.cls,)) if known is None else known
