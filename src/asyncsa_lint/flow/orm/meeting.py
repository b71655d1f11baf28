"""What a statement does to the very row it returns, when that is in hand already.

    order = await session.get(Order, key)
    await session.scalars(select(Order).where(Order.id == key).options(selectinload(Order.items)))
    order.items        # there now

`flow.orm.keys` knows which row a key names. Where it does not, `flow.orm.refilling` says what may
have been filled.
"""

from __future__ import annotations

from asyncsa_lint.flow.orm.plans import EAGER, EMPTY, Loading, Plan
from asyncsa_lint.flow.orm.refilling import FILLED, refilled
from asyncsa_lint.flow.orm.refreshing import refreshed
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Instance
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind

_COLUMNS = FILLED - {AttributeKind.RELATIONSHIP}
_UNLOADED = frozenset({Loading.UNLOADED, Loading.RAISES, Loading.RAISES_ON_SQL})
"""What a statement fills: with nothing, where it is told to load nothing."""


def _with_kept(record: Instance, plan: Plan) -> Plan:
    """The plan after `populate_existing`: a column that only an option leaves out stays as it was
    (observed on SQLAlchemy 2.0 and 2.1)."""
    first = record.plan
    if first is None or record.expired is not None:
        return plan
    gone = {name for name, _ in record.stale}
    kept = {
        name
        for name, attribute in record.model.attributes.items()
        if attribute.kind in _COLUMNS
        and not attribute.deferred
        and name not in gone
        and first.look_up(record.model, attribute)[0] is Loading.LOADED
        and plan.look_up(record.model, attribute)[0] is not Loading.LOADED
    }
    if not kept:
        return plan
    doubted = {name for name in kept if first.doubts(record.model, record.model.attributes[name])}
    return replace(plan, undeferred=plan.undeferred | kept, doubtful=plan.doubtful | doubted)


def met(record: Instance, plan: Plan, *, replaces: bool) -> Instance:
    """The instance after a statement with this plan has returned its very row.

    What was missing is filled, what was there stays as it is; `replaces` loads all anew
    (`populate_existing`). Options for what is still missing remain those of the first load.
    """
    if replaces:
        return replace(refreshed(record), plan=_with_kept(record, plan), options=plan)
    if record.plan is None:
        return replace(record, expired=None, stale=())
    first = record.plan
    model = record.model
    loads = {name: (strategy, child) for name, strategy, child in first.loads}
    there: set[str] = set()
    for name, attribute in model.attributes.items():
        loading, child = plan.look_up(model, attribute)
        if loading is Loading.NOTHING and first.look_up(model, attribute)[0] in _UNLOADED:
            loads[name] = ("noload", EMPTY)
        if attribute.kind not in FILLED or loading is not Loading.LOADED:
            continue
        there.add(name)
        if attribute.kind is not AttributeKind.RELATIONSHIP:
            continue
        known, before = first.look_up(model, attribute)
        if known is Loading.LOADED and record.expired is None:
            loads[name] = ("selectin", refilled(before, child))
        elif known is not Loading.NOTHING or record.expired is not None:
            loads[name] = ("selectin", child)
    if record.expired is not None:
        # Nothing but what this statement loads is there.
        gone = {n for n, (strategy, _) in loads.items() if strategy in EAGER and n not in there}
        loads.update(dict.fromkeys(gone, ("select", EMPTY)))
    columns = {name for name in there if model.attributes[name].kind is not AttributeKind.RELATIONSHIP}
    filled = replace(
        first,
        loads=tuple((name, *loads[name]) for name in sorted(loads)),
        undeferred=first.undeferred | columns,
        doubtful=(first.doubtful - there) | (plan.doubtful & there),
    )
    stale = tuple(item for item in record.stale if item[0] not in there)
    return replace(record, expired=None, stale=stale, plan=filled)
