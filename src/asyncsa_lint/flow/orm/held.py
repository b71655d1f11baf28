"""Rows that a session may hold already: what a query gives may be one of them (TRUTH A(a)).

    first = await session.get(Order, key, options=[selectinload(Order.items)])
    again = (await session.scalars(select(Order).where(Order.id == key))).one()
    again.items        # the same object, whose items are there

Which rows a statement gives is not known, so what any row in hand has loaded is taken for
loaded on the new one, and doubted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm.echoes import unclear
from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.orm.plans import OPAQUE, Loading, Plan
from asyncsa_lint.flow.orm.refilling import filled_by, filled_up, narrowed, refilled_row
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.joining import either
from asyncsa_lint.flow.states.objects import Instance, Phase
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN, ObjectId
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, ModelInfo
from asyncsa_lint.project.symbols import ClassInfo

if TYPE_CHECKING:
    from asyncsa_lint.project.mapping.models import Models

OPTIONS = "*options"
"""Touched: what the instance's load and its options filled (`flow.calling.matching`)."""
_DEPTH = 2
"""How many relationships away from a row in hand a row that came along is looked for."""


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
        known = narrowed(record.plan, record.model, made.model) or record.plan
        plan = refilled_row(made.model, known, made.plan)
        doubtful = filled_by(made.model, made.plan, known).union(name for name, _ in record.stale)
        doubtful |= record.attributes.keys()
        plan = replace(plan, doubtful=plan.doubtful | made.plan.doubtful | doubtful)
        made = replace(made, plan=plan, options=None, attributes=attributes)
    return made


def with_held(
    models: Models,
    made: Instance,
    lineage: Iterable[ClassInfo],
    state: State,
    but: Collection[ObjectId] = (),
    apart: Collection[ObjectId] = (),
) -> Instance:
    """A row of a statement that may be one of those the session holds with more than it loads.

    Rows of which nothing is known, like those a caller hands in, are taken for others; so are
    those in `apart`. Those in `but` are not looked at.
    """
    if made.session is None or made.plan is None:
        return made
    classes = frozenset(lineage)
    for ident, record in list(state.heap.items()):
        if not isinstance(record, Instance) or record.session != made.session or ident in but:
            continue
        caught = catch_up(ident, state)
        if caught is None or caught.plan is None or caught.phase is not Phase.PERSISTENT or caught.expired:
            continue
        if caught.model.cls in classes and ident not in apart:
            _looked_at(ident, state)
            made = _with(made, caught, caught.plan)
        for plan in brought(models, caught.model, caught.plan, classes, _DEPTH):
            _looked_at(ident, state)
            made = _with(made, None, plan)
        made = _with_related(made, caught, caught.plan)
    return made


def without_unbrought(models: Models, made: Instance, lineage: Iterable[ClassInfo], state: State) -> Instance:
    """What `get` gives may have come along with a row in hand: then what that lacks is not loaded."""
    if made.plan is None:
        return made
    doubtful: set[str] = set()
    classes = frozenset(lineage)
    for ident, record in list(state.heap.items()):
        if isinstance(record, Instance) and record.session == made.session and record.plan is not None:
            for plan in brought(models, record.model, record.plan, classes, _DEPTH):
                _looked_at(ident, state)
                doubtful |= filled_by(made.model, plan, made.plan)
                doubtful.update(name for name, strategy, _ in made.plan.loads if strategy == "noload")
    loads = tuple((n, s, unclear(child) if n in doubtful else child) for n, s, child in made.plan.loads)
    return replace(made, plan=replace(made.plan, loads=loads, doubtful=made.plan.doubtful | doubtful))


def _looked_at(ident: ObjectId, state: State) -> None:
    state.touch(ident, OPTIONS)
    state.touch(ident, "**")


def brought(
    models: Models, model: ModelInfo, plan: Plan, classes: frozenset[ClassInfo], depth: int
) -> Iterator[Plan]:
    """What is loaded on rows of these classes that came along with a row in hand."""
    for attribute in model.attributes.values():
        if attribute.kind is not AttributeKind.RELATIONSHIP or attribute.target is None:
            continue
        loading, child = plan.look_up(model, attribute)
        if loading is not Loading.LOADED:
            continue
        if attribute.target in classes:
            yield child
        target = models.get(attribute.target) if depth > 1 else None
        if target is not None:
            yield from brought(models, target, child, classes, depth - 1)


def _with_related(made: Instance, record: Instance, plan: Plan) -> Instance:
    """Rows that the statement brings along may be the one in hand, which has more."""
    assert made.plan is not None
    attributes = made.model.attributes
    loads = tuple(
        (name, strategy, _less(record.model, filled_up(record.model, child, plan), plan, strategy))
        if name in attributes and attributes[name].target is record.model.cls
        else (name, strategy, child)
        for name, strategy, child in made.plan.loads
    )
    # What is doubted does not count when plans are compared.
    same = all(old[2] is new[2] for old, new in zip(made.plan.loads, loads, strict=True))
    return made if same else replace(made, plan=replace(made.plan, loads=loads))


def _less(model: ModelInfo, plan: Plan, other: Plan, strategy: str) -> Plan:
    """Immediate loading takes a row that is there as it is, with what the other plan has loaded."""
    if strategy != "immediate":
        return plan
    return replace(plan, doubtful=plan.doubtful | other.doubtful | filled_by(model, other, plan))


def _with(made: Instance, record: Instance | None, plan: Plan) -> Instance:
    """The row of a statement, which may be this one; without a record nobody has looked at it yet."""
    assert made.plan is not None
    names = filled_by(made.model, made.plan, plan)
    if record is not None:
        names |= record.attributes.keys() & made.model.attributes.keys()
    elif not names:
        known = made.options is None or not (plan.doubtful or filled_by(made.model, plan, made.options))
        return made if known else replace(made, options=OPAQUE)
    more = dict.fromkeys(
        sorted(name for name in names if name not in made.attributes and _is_missing(made, made.plan, name)),
        UNKNOWN,
    )
    filled = refilled_row(made.model, made.plan, replace(plan, created=False))
    filled = replace(filled, doubtful=filled.doubtful | more.keys())
    # A refresh repeats the options of the first load, whichever that was.
    options = OPAQUE if record is None else either(made.model, made.options, record.options)
    return replace(made, plan=filled, options=options, attributes={**made.attributes, **more})


def _is_missing(made: Instance, plan: Plan, name: str) -> bool:
    return plan.look_up(made.model, made.model.attributes[name])[0] is not Loading.LOADED
