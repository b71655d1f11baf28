"""Rows that a session may hold already: what a query gives may be one of them (TRUTH A(a)).

    first = await session.get(Order, key, options=[selectinload(Order.items)])
    again = (await session.scalars(select(Order).where(Order.id == key))).one()
    again.items        # the same object, whose items are there

Which rows a statement gives is not known, so what any row in hand has loaded is taken for
loaded on the new one, and doubted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.orm.plans import OPAQUE, Loading, Plan
from asyncsa_lint.flow.orm.refilling import filled_by, refilled
from asyncsa_lint.flow.states.objects import Instance, Phase
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN, ObjectId
from asyncsa_lint.project.symbols import ClassInfo

OPTIONS = "*options"
"""Touched: what the instance's load and its options filled (`flow.calling.matching`)."""


def held_rows(ident: ObjectId, lineage: Iterable[ClassInfo], state: State) -> list[ObjectId]:
    """Instances of one of the classes that the session holds."""
    classes = frozenset(lineage)
    return [
        at
        for at, record in list(state.heap.items())
        if isinstance(record, Instance)
        and record.session == ident
        and record.model.cls in classes
        and (caught := catch_up(at, state)) is not None
        and caught.phase is Phase.PERSISTENT
    ]


def mixed(made: Instance, held: Iterable[ObjectId], state: State) -> Instance:
    """The new instance if it may be one of those held: what they have loaded counts as loaded."""
    for ident in held:
        record = state.get(ident)
        if not isinstance(record, Instance):
            continue
        state.touch(ident, OPTIONS)
        state.touch(ident, "**")
        if record.plan is None or made.plan is None:
            return replace(made, plan=None, options=None)
        attributes = {**made.attributes, **dict.fromkeys(record.attributes, UNKNOWN)}
        plan = refilled(record.plan, made.plan)
        plan = replace(plan, doubtful=plan.doubtful | filled_by(made.model, made.plan, record.plan))
        made = replace(made, plan=plan, options=None, attributes=attributes)
    return made


def with_held(made: Instance, lineage: Iterable[ClassInfo], state: State) -> Instance:
    """A row of a statement that may be one of those the session holds with more than it loads.

    Rows of which nothing is known, like those a caller hands in, are taken for others.
    """
    if made.session is None or made.plan is None:
        return made
    for ident in held_rows(made.session, lineage, state):
        record = state.get(ident)
        if not isinstance(record, Instance) or record.plan is None or record.expired is not None:
            continue
        state.touch(ident, OPTIONS)
        state.touch(ident, "**")
        made = _with(made, record, record.plan)
    return made


def _with(made: Instance, record: Instance, plan: Plan) -> Instance:
    """The row of a statement, which may be this one."""
    assert made.plan is not None
    names = filled_by(made.model, made.plan, plan) | (record.attributes.keys() & made.model.attributes.keys())
    more = dict.fromkeys(
        sorted(name for name in names if name not in made.attributes and _is_missing(made, made.plan, name)),
        UNKNOWN,
    )
    filled = refilled(made.plan, replace(plan, created=False))
    filled = replace(filled, doubtful=filled.doubtful | more.keys())
    # A refresh repeats the options of the first load, whichever that was.
    options = made.options if record.options == made.options else OPAQUE
    return replace(made, plan=filled, options=options, attributes={**made.attributes, **more})


def _is_missing(made: Instance, plan: Plan, name: str) -> bool:
    return plan.look_up(made.model, made.model.attributes[name])[0] is not Loading.LOADED
