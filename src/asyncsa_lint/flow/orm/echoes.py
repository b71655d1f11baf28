"""Rows that a statement reaches more than once, by what it loads.

    select(Item).options(load_only(Item.id), selectinload(Item.order).selectinload(Order.items))

The items of the order are loaded in full, and the selected item is one of them: what the
inner path fills may be filled on the outer instance too, since both are the same object.
Which rows come around is not known, so such attributes are taken for loaded and doubted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm.plans import EAGER, EMPTY, Loading, Plan
from asyncsa_lint.flow.orm.refilling import filled_up, refilled, refilled_row
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, Direction, ModelInfo

if TYPE_CHECKING:
    from asyncsa_lint.project.symbols import ClassInfo

_HOPS = 4
_MAYBE = {Loading.LOADED, Loading.UNKNOWN}
Lookup = Callable[["ClassInfo"], "ModelInfo | None"]
Lineages = Callable[["ClassInfo"], "frozenset[ClassInfo]"]


def echoed(plan: Plan, model: ModelInfo, lineage: frozenset[ClassInfo], models: Lookup) -> Plan:
    """The plan, filled by those of its inner plans that may meet the same row again."""
    for inner in _met_again(plan, model, lineage, models, 1):
        # What INSERT ... RETURNING gives no mapped default has come by.
        known = plan if plan.returning else filled_up(model, plan, inner)
        filled = refilled_row(model, known, inner)
        plan = replace(filled, returning=plan.returning, polymorphic=plan.polymorphic)
    return plan


def surrounded(plan: Plan, model: ModelInfo, lineage: frozenset[ClassInfo], models: Lookup) -> Plan:
    """The plan of a statement that gives all rows of the class: what comes along of that class is among
    them, and has what they have. So it is with the members of all of them, where another relationship
    leads to such a member."""
    attributes = model.attributes
    among = {name for name, attribute in attributes.items() if attribute.target in lineage}
    loads = {
        name: (strategy, refilled(child, plan) if name in among else child)
        for name, strategy, child in plan.loads
    }
    for members in attributes.values():
        target = None if members.target is None else models(members.target)
        if target is None or members.direction is not Direction.ONE_TO_MANY:
            continue
        loading, theirs = plan.look_up(model, members)
        for name, other in attributes.items() if loading is Loading.LOADED else ():
            found, child = plan.look_up(model, other)
            if other is members or other.target is not members.target or found is not Loading.LOADED:
                continue
            strategy, child = loads.get(name, (plan.strategy(other), child))
            filled = filled_up(target, child, theirs)
            if filled is not child and strategy in EAGER:
                loads[name] = (strategy, filled)
    return replace(plan, loads=tuple((name, *loads[name]) for name in sorted(loads)))


def repopulated(plan: Plan, model: ModelInfo, lineages: Lineages, models: Lookup) -> Plan:
    """The plan under `populate_existing`: a row met again on another path is loaded anew, by what that
    path loads, and loses the rest."""
    own = lineages(model.cls)
    met: set[ClassInfo] = set(own)
    for target in _targets(plan, model, models, 1):
        if target in met:
            break
        met |= lineages(target)
    else:
        return plan
    inner = [*_met_again(plan, model, own, models, 1)]
    loads = {name: (strategy, unclear(child)) for name, strategy, child in plan.loads}
    lost = set()
    for name, attribute in model.attributes.items():
        if plan.look_up(model, attribute)[0] not in _MAYBE:
            continue
        if attribute.kind is AttributeKind.RELATIONSHIP and name not in loads:
            loads[name] = (plan.strategy(attribute), unclear(EMPTY))
        if any(each.look_up(model, attribute)[0] is not Loading.LOADED for each in inner):
            lost.add(name)
    made = tuple((name, *loads[name]) for name in sorted(loads))
    return replace(plan, loads=made, doubtful=plan.doubtful | lost)


def _targets(plan: Plan, model: ModelInfo, models: Lookup, hops: int) -> Iterator[ClassInfo]:
    """The classes of the rows that come along."""
    for attribute in model.attributes.values():
        if attribute.kind is not AttributeKind.RELATIONSHIP or attribute.target is None:
            continue
        loading, child = plan.look_up(model, attribute)
        target = models(attribute.target) if loading in _MAYBE else None
        if target is not None:
            yield target.cls
            if hops < _HOPS:
                yield from _targets(child, target, models, hops + 1)


def unclear(plan: Plan) -> Plan:
    """The plan, of which nothing is certain down to its leaves."""
    loads = tuple((name, strategy, unclear(child)) for name, strategy, child in plan.loads)
    return replace(plan, loads=loads, opaque=True, more=False)


def _met_again(
    plan: Plan, model: ModelInfo, lineage: frozenset[ClassInfo], models: Lookup, hops: int
) -> Iterator[Plan]:
    for attribute in model.attributes.values():
        if attribute.kind is not AttributeKind.RELATIONSHIP or attribute.target is None:
            continue
        loading, child = plan.look_up(model, attribute)
        target = models(attribute.target) if loading in _MAYBE else None
        if target is None:
            continue
        if hops > 1 and attribute.target in lineage:
            yield child
        if hops < _HOPS:
            yield from _met_again(child, target, lineage, models, hops + 1)
