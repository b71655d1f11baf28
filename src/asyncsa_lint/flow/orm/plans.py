"""Loader options, and what a statement with them loads.

A `LoaderOption` is a path of relationship steps with column options at its end; a `Plan`
is the tree that all options of a statement make for one entity. `Plan.look_up` answers
what a read of an attribute meets, after the mapped `lazy=` default has been taken into
account. The behaviour is TRUTH A(b) and A(c); the SQLAlchemy manual's page is
"Relationship Loading Techniques".

    select(User).options(selectinload(User.orders).joinedload(Order.address))
    # plan for User: orders -> selectin, plan for Order: address -> joined
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.project.mapping.mapped_attributes import (
    AttributeKind,
    Direction,
    MappedAttribute,
    ModelInfo,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.states.values import ObjectId
    from asyncsa_lint.project.symbols import ClassInfo

EAGER = frozenset({"selectin", "joined", "subquery", "immediate", "contains_eager"})
ALL = frozenset({"*"})
RELATIONSHIPS = frozenset({"*relationships"})
COLUMNS = frozenset({"*columns"})
FOLLOWED = frozenset({"selectin", "subquery", "joined", "immediate"})
_READ_SINGLY = frozenset({"selectin", "subquery"})


@dataclass(slots=True, unsafe_hash=True)
class Step:
    """One relationship of a loader path; `name` is `*` for a wildcard."""

    owner: ClassInfo | None
    name: str
    strategy: str
    alias: ObjectId | None = None
    depth: int | None = None
    polymorphic: bool = False
    """`of_type(...)`: columns of subclasses come along."""


@dataclass(slots=True, unsafe_hash=True)
class ColumnOption:
    """`load_only`, `defer`, `undefer` of one column; `*` means all.

    `polymorphic` adds the columns of subclasses.
    """

    operation: str
    name: str
    raises: bool = False
    owner: ClassInfo | None = None


@dataclass(slots=True, unsafe_hash=True)
class LoaderOption:
    steps: tuple[Step, ...] = ()
    columns: tuple[ColumnOption, ...] = ()
    root: ClassInfo | None = None

    def then(self, other: LoaderOption) -> LoaderOption:
        """This path continued by another one."""
        return LoaderOption(self.steps + other.steps, other.columns, self.root)


class Loading(StrEnum):
    """What a read of an attribute meets."""

    LOADED = "loaded"
    UNLOADED = "unloaded"
    RAISES = "raises"
    RAISES_ON_SQL = "raises-on-sql"
    NOTHING = "nothing"
    """`noload`: silently None or an empty list."""
    UNKNOWN = "unknown"
    SPECIAL = "special"
    """write_only and dynamic collections: not an ordinary attribute."""


@dataclass(slots=True, unsafe_hash=True)
class Plan:
    """What was loaded for one entity; hashable."""

    loads: tuple[tuple[str, str, Plan], ...] = ()
    """(attribute, strategy, plan of the target), sorted by attribute."""
    only: frozenset[str] | None = None
    deferred: frozenset[str] = frozenset()
    deferred_raising: frozenset[str] = frozenset()
    undeferred: frozenset[str] = frozenset()
    wildcard: str = ""
    wildcard_deep: bool = False
    opaque: bool = False
    """More may be loaded than the plan says."""
    more: bool = False
    """Of an opaque plan: all that it says is loaded, too."""
    created: bool = False
    """The object was made by a constructor: no mapped default has run for it."""
    ancestors: tuple[ClassInfo, ...] = ()
    """Classes on the path from the root of the query; decides where mapped defaults stop."""
    polymorphic: bool = False
    """Columns of subclasses were selected too."""
    again: bool = False
    """A refresh: what `selectin` and `subquery` load by default comes by single reads (observed on 2.0
    and 2.1)."""
    returning: bool = False
    """The row came from `INSERT ... RETURNING`, which joins nothing."""
    doubtful: frozenset[str] = field(default=frozenset(), compare=False)
    """Attributes that are taken for loaded since a later statement may have returned this very row;
    `*` means all. They are not claimed to be there (`flow.verdicts`)."""

    def doubts(self, model: ModelInfo, attribute: MappedAttribute) -> bool:
        """Whether it is not certain that the attribute is as the plan says."""
        if not self.doubtful.isdisjoint({attribute.name, "*"}):
            return True
        if attribute.primary_key:
            return False
        related = attribute.kind is AttributeKind.RELATIONSHIP
        if self.doubtful >= (RELATIONSHIPS if related else COLUMNS):
            return True
        if self.opaque:
            known = replace(self, opaque=False)
            return not self.more or known.look_up(model, attribute)[0] is not Loading.LOADED
        return related and self._recurses(model, attribute)

    def strategy(self, attribute: MappedAttribute) -> str:
        """How a relationship is loaded: by an option, or as it is mapped."""
        return next((s for name, s, _ in self.loads if name == attribute.name), attribute.lazy)

    def _recurses(self, model: ModelInfo, attribute: MappedAttribute) -> bool:
        """Immediate loading of a self-referential relationship ends where rows meet; not for the rows of
        the statement itself, of which each gets its collections and what an option names (observed on 2.0
        and 2.1)."""
        if not is_self_referential(attribute, model.cls) or self.strategy(attribute) != "immediate":
            return False
        named = attribute.collection or any(name == attribute.name for name, _, _ in self.loads)
        return bool(self.ancestors) or self.again or not named

    def proven(self, name: str) -> Plan:
        """After the attribute was read: whoever goes on has found it there."""
        return replace(self, doubtful=self.doubtful - {name}) if name in self.doubtful else self

    def look_up(self, model: ModelInfo, attribute: MappedAttribute) -> tuple[Loading, Plan]:
        """What a read of `attribute` meets, and the plan of what it gives."""
        if attribute.kind is AttributeKind.RELATIONSHIP:
            return self._relationship(model, attribute)
        loading = self._column(attribute)
        if loading is Loading.UNLOADED and self._needed(model, attribute):
            return Loading.LOADED, EMPTY
        return loading, EMPTY

    def _needed(self, model: ModelInfo, column: MappedAttribute) -> bool:
        """Immediate loading of a many-to-one reads its key, deferred or not (observed on 2.1)."""
        given = {name: strategy for name, strategy, _ in self.loads}
        return any(
            column.name in each.foreign_keys and given.get(name, each.lazy) == "immediate"
            for name, each in model.attributes.items()
            if each.direction is Direction.MANY_TO_ONE
        )

    def _relationship(self, model: ModelInfo, attribute: MappedAttribute) -> tuple[Loading, Plan]:
        for name, strategy, plan in self.loads:
            if name == attribute.name:
                if strategy == "default" and not self.wildcard:
                    loading, inner = self._mapped_default(model, attribute)
                    return loading, merge(inner, plan)
                if strategy == "default":
                    return _loading_of(self.wildcard), plan
                joined = self.again and strategy == "joined"
                return _loading_of(strategy), replace(plan, again=True) if joined else plan
        if self.wildcard:
            child = Plan(ancestors=(*self.ancestors, model.cls), opaque=self.opaque, more=self.more)
            if self.wildcard_deep:
                child = replace(child, wildcard=self.wildcard, wildcard_deep=True)
            loading, child = self._followed(self.wildcard, model, attribute, child)
            if loading is Loading.UNLOADED and attribute.lazy == "noload" and self.wildcard in EAGER:
                # Where the wildcard ends, the attribute is as it is mapped (observed on 2.1).
                return Loading.NOTHING, child
            return (Loading.UNKNOWN if self.opaque and loading is Loading.UNLOADED else loading), child
        if attribute.lazy in {"write_only", "dynamic"}:
            return Loading.SPECIAL, EMPTY
        if self.opaque:
            return Loading.UNKNOWN, OPAQUE
        if self.created:
            return _CREATED_DEFAULTS.get(attribute.lazy, Loading.UNLOADED), EMPTY
        return self._mapped_default(model, attribute)

    def _mapped_default(self, model: ModelInfo, attribute: MappedAttribute) -> tuple[Loading, Plan]:
        lazy = attribute.lazy
        if lazy == "joined" and self.returning:
            return Loading.UNLOADED, EMPTY
        child = Plan(ancestors=(*self.ancestors, model.cls), opaque=self.opaque)
        if self.again:
            child = replace(child, again=lazy == "joined")
            lazy = "immediate" if lazy in _READ_SINGLY else lazy
        return self._followed(lazy, model, attribute, child)

    def _followed(
        self, strategy: str, model: ModelInfo, attribute: MappedAttribute, child: Plan
    ) -> tuple[Loading, Plan]:
        """A strategy that no option names on this very path does not go in circles: it ends where the
        target is met again, or at `join_depth` steps from the root (observed on 2.0 and 2.1)."""
        if strategy not in FOLLOWED or attribute.target is None:
            return _loading_of(strategy), child
        met = is_self_referential(attribute, model.cls)
        if attribute.join_depth is not None:
            ends = len(self.ancestors) >= attribute.join_depth
        else:
            ends = met or attribute.target in self.ancestors
        if not ends:
            return Loading.LOADED, child
        if strategy == "immediate":
            return (Loading.LOADED if attribute.collection else Loading.UNKNOWN), child
        # What is joined counts the steps of its own statement only, which may begin anywhere.
        here = met and (attribute.join_depth is None or not {*self.ancestors} - {model.cls})
        return (Loading.UNKNOWN if strategy == "joined" and not here else Loading.UNLOADED), child

    def _column(self, attribute: MappedAttribute) -> Loading:
        name = attribute.name
        if name in self.undeferred or "*" in self.undeferred or attribute.primary_key:
            return Loading.LOADED
        if name in self.deferred_raising:
            return Loading.RAISES
        if name in self.deferred or (self.only is not None and name not in self.only):
            return Loading.UNLOADED
        if "*" in self.deferred:
            return Loading.UNLOADED
        if attribute.deferred and (self.only is None or name not in self.only):
            return Loading.UNKNOWN if self.opaque else Loading.UNLOADED
        return Loading.LOADED


def is_self_referential(attribute: MappedAttribute, cls: ClassInfo) -> bool:
    """A back reference belongs to the class that declares the other side, which is its target."""
    here = attribute.target is attribute.owner and attribute.spelling != "backref"
    return here or attribute.target is cls


EMPTY = Plan()
OPAQUE = Plan(opaque=True)
CREATED = Plan(created=True)

_CREATED_DEFAULTS = {
    "raise": Loading.RAISES,
    "raise_on_sql": Loading.RAISES_ON_SQL,
    "noload": Loading.NOTHING,
    "write_only": Loading.SPECIAL,
    "dynamic": Loading.SPECIAL,
    "unknown": Loading.UNKNOWN,
}


def _loading_of(strategy: str) -> Loading:
    if strategy in EAGER:
        return Loading.LOADED
    if strategy == "select":
        return Loading.UNLOADED
    return _CREATED_DEFAULTS.get(strategy, Loading.UNKNOWN)


def merge(first: Plan, second: Plan) -> Plan:
    """Both plans at once, as when two options name the same path."""
    if first == EMPTY:
        return second
    if second == EMPTY:
        return first
    loads = {name: (strategy, plan) for name, strategy, plan in first.loads}
    for name, strategy, plan in second.loads:
        known = loads.get(name)
        loads[name] = (
            strategy if known is None or strategy != "default" else known[0],
            plan if known is None else merge(known[1], plan),
        )
    only = first.only if second.only is None else (second.only | (first.only or frozenset()))
    return Plan(
        loads=tuple((name, *loads[name]) for name in sorted(loads)),
        only=only,
        deferred=first.deferred | second.deferred,
        deferred_raising=first.deferred_raising | second.deferred_raising,
        undeferred=first.undeferred | second.undeferred,
        wildcard=second.wildcard or first.wildcard,
        wildcard_deep=first.wildcard_deep or second.wildcard_deep,
        opaque=first.opaque or second.opaque,
        more=all_said(first, second),
        created=first.created and second.created,
        ancestors=first.ancestors or second.ancestors,
        polymorphic=first.polymorphic or second.polymorphic,
        returning=first.returning and second.returning,
        doubtful=first.doubtful | second.doubtful,
    )


def all_said(first: Plan, second: Plan) -> bool:
    """Of two plans taken together, of which one is opaque: what they say is loaded, is loaded."""
    known = (first.more or not first.opaque) and (second.more or not second.opaque)
    return known and (first.opaque or second.opaque)


def _with_column(plan: Plan, option: ColumnOption) -> Plan:
    name = frozenset({option.name})
    if option.operation == "only":
        return replace(plan, only=(plan.only or frozenset()) | name)
    if option.operation == "polymorphic":
        return replace(plan, polymorphic=True)
    if option.operation == "undefer":
        return replace(plan, undeferred=plan.undeferred | name)
    if option.raises:
        return replace(plan, deferred_raising=plan.deferred_raising | name)
    return replace(plan, deferred=plan.deferred | name)


def _plan_of_steps(
    steps: tuple[Step, ...], columns: tuple[ColumnOption, ...], ancestors: tuple[ClassInfo, ...]
) -> Plan:
    plan = Plan(ancestors=ancestors)
    if not steps:
        for column in columns:
            plan = _with_column(plan, column)
        return plan
    step = steps[0]
    if step.name == "*":
        return replace(plan, wildcard=step.strategy, wildcard_deep=True)
    inner_ancestors = (*ancestors, step.owner) if step.owner is not None else ancestors
    child = _plan_of_steps(steps[1:], columns, inner_ancestors)
    if step.polymorphic:
        child = replace(child, polymorphic=True)
    if step.depth is not None:
        child = _repeat(step, child)
    return replace(plan, loads=((step.name, step.strategy, child),))


def _repeat(step: Step, child: Plan) -> Plan:
    """`recursion_depth=n` loads the same hop n times; -1 to the end."""
    if step.depth is not None and step.depth < 0:
        return replace(child, opaque=True)
    for _ in range(max((step.depth or 1) - 1, 0)):
        child = replace(child, loads=((step.name, step.strategy, child),))
    return child


def build_plan(
    cls: ClassInfo,
    lineage: frozenset[ClassInfo],
    options: Iterable[LoaderOption],
    *,
    alias: ObjectId | None = None,
    opaque: bool = False,
) -> Plan:
    """The plan that `options` make for the entity `cls`.

    `lineage` holds the class, its mapped ancestors and descendants: an option speaks
    about the entity when its first step belongs to one of them.
    """
    plan = Plan(opaque=opaque)
    for option in options:
        first = option.steps[0] if option.steps else None
        if option.root is not None and option.root not in lineage:
            continue
        if (
            first is not None
            and first.owner is not None
            and (first.owner not in lineage or first.alias != alias)
        ):
            continue
        if first is None and any(c.owner not in {None, *lineage} for c in option.columns):
            continue
        built = _plan_of_steps(option.steps, option.columns, ())
        if option.root is not None and first is not None and first.name == "*":
            built = replace(built, wildcard_deep=False)
        plan = merge(plan, built)
    return _spread(plan, plan.wildcard) if plan.wildcard_deep else plan


def _spread(plan: Plan, wildcard: str) -> Plan:
    """A wildcard speaks of every entity that the statement loads, but not of what single reads load
    after it (`immediateload`)."""
    loads = tuple(
        (name, strategy, child if strategy == "immediate" else _spread(child, wildcard))
        for name, strategy, child in plan.loads
    )
    return replace(plan, loads=loads, wildcard=plan.wildcard or wildcard, wildcard_deep=True)
