"""What a later load of a row adds to what an earlier one has filled.

Without `populate_existing` a statement fills what is missing and takes nothing away. Whether
it has met this very row is mostly not known: what it would fill counts as loaded, in doubt.
"""

from __future__ import annotations

from asyncsa_lint.flow.orm.plans import ALL, COLUMNS, EAGER, OPAQUE, RELATIONSHIPS, Loading, Plan, all_said
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, ModelInfo


def refilled(first: Plan, later: Plan) -> Plan:
    """What may be loaded after a later statement has met the instance again.

    Without `populate_existing` a statement fills what is missing and takes nothing away.
    """
    loads = {name: (strategy, plan) for name, strategy, plan in first.loads}
    doubtful = first.doubtful | (first.deferred - later.deferred)
    doubtful |= (first.deferred_raising - later.deferred_raising) | (later.undeferred - first.undeferred)
    if first.only is not None and first.only != later.only:
        doubtful |= COLUMNS
    if (first.created and not later.created) or later.wildcard or later.opaque:
        doubtful |= RELATIONSHIPS
    for name, strategy, plan in later.loads:
        if strategy in EAGER or strategy == "default":
            known = loads.get(name)
            if known is None or known[0] not in EAGER:
                doubtful |= {name}
                plan = replace(plan, opaque=True, more=plan.more or not plan.opaque)
            if known is not None:
                strategy = known[0] if known[0] in EAGER else strategy
                plan = refilled(known[1], plan)
            loads[name] = (strategy, plan)
        elif strategy == "noload" and name not in loads:
            doubtful |= {name}
            loads[name] = (strategy, plan)
    # What a wildcard loads of the row may have come by any of its paths.
    spread = later.wildcard in EAGER and first.wildcard != later.wildcard
    only = None
    named = (first.only or frozenset()) | (later.only or frozenset())
    if first.only is not None and later.only is not None:
        only = named
    return replace(
        first,
        loads=tuple((name, *loads[name]) for name in sorted(loads)),
        only=only,
        deferred=first.deferred & later.deferred,
        deferred_raising=first.deferred_raising & later.deferred_raising,
        undeferred=first.undeferred | later.undeferred | named,
        wildcard=later.wildcard if later.wildcard in EAGER else first.wildcard,
        wildcard_deep=first.wildcard_deep or later.wildcard_deep,
        opaque=first.opaque or later.opaque or spread,
        more=all_said(first, later) or (spread and not first.opaque and not later.opaque),
        created=first.created and later.created,
        polymorphic=first.polymorphic or later.polymorphic,
        returning=first.returning and later.returning,
        doubtful=doubtful,
    )


def refilled_row(model: ModelInfo, first: Plan, later: Plan) -> Plan:
    """`refilled`, where the class of the row is known: just those attributes are in doubt that the row
    did not have, and may have now."""
    plan = refilled(first, later)
    if plan.opaque or plan.doubtful == first.doubtful:
        return plan
    return replace(plan, doubtful=first.doubtful | _unsettled(model, first, later, plan))


def _unsettled(model: ModelInfo, first: Plan, *others: Plan) -> frozenset[str]:
    """What the first of the plans does not load, and another one may."""
    found = set()
    for name, attribute in model.attributes.items():
        if attribute.kind in FILLED:
            loading = first.look_up(model, attribute)[0]
            if loading is not Loading.LOADED and any(
                other.look_up(model, attribute)[0] is not loading for other in others
            ):
                found.add(name)
    return frozenset(found)


def own_columns(base: ModelInfo, model: ModelInfo) -> frozenset[str]:
    """What the subclass `model` adds to the rows of `base`."""
    return frozenset(
        attribute.name
        for attribute in model.attributes.values()
        if attribute.kind is AttributeKind.COLUMN
        and attribute.name not in base.attributes
        and not attribute.primary_key
    )


def filled_by(model: ModelInfo, first: Plan, later: Plan) -> frozenset[str]:
    """Attributes of the model that a row loaded by `later` has, and one loaded by `first` has not."""
    if first == later:
        return frozenset()
    return frozenset(
        name
        for name, attribute in model.attributes.items()
        if attribute.kind in FILLED
        and later.look_up(model, attribute)[0] is Loading.LOADED
        and first.look_up(model, attribute)[0] is not Loading.LOADED
    )


def filled_up(model: ModelInfo, plan: Plan, other: Plan) -> Plan:
    """The plan of a row that may have been loaded by the other one before."""
    names = filled_by(model, plan, other)
    if not names:
        return plan
    filled = refilled_row(model, plan, replace(other, created=False))
    there = {name for name, strategy, _ in filled.loads if strategy in EAGER}
    # What a mapped default has loaded on that row stands in no option.
    defaults = tuple(
        (name, "selectin", OPAQUE)
        for name in names - there
        if model.attributes[name].kind is AttributeKind.RELATIONSHIP
    )
    kept = tuple(each for each in filled.loads if each[0] not in {name for name, _, _ in defaults})
    loads = tuple(sorted(kept + defaults, key=lambda load: load[0]))
    return replace(filled, loads=loads, doubtful=filled.doubtful | names)


def narrowed(plan: Plan | None, base: ModelInfo, model: ModelInfo) -> Plan | None:
    """The plan of a row selected as `base` that turns out to be of the subclass `model` (TRUTH A(g))."""
    if plan is None or plan.opaque or plan.polymorphic or plan.created:
        return plan
    return replace(plan, deferred=plan.deferred | own_columns(base, model))


NOTHING = Plan(wildcard="select", deferred=ALL)
"""Loads but the key."""
FILLED = frozenset({AttributeKind.COLUMN, AttributeKind.RELATIONSHIP, AttributeKind.COLUMN_PROPERTY})
