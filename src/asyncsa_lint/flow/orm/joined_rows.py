"""What a join makes of the rows of a statement.

They repeat when it joins a collection: `unique()` is necessary (TRUTH A(b)).

    select(Author).options(joinedload(Author.books))        # one row for each book
    select(Book).options(joinedload(Book.author))           # one row for each book: nothing repeats

Where both sides are selected, each row has an instance and what a relationship of it leads to.

    select(Book, Author).join(Book.author)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncsa_lint.flow.orm.plans import Plan, is_self_referential
from asyncsa_lint.flow.states.values import ClassValue, StatementValue
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, Direction, ModelInfo

if TYPE_CHECKING:
    from asyncsa_lint.project.mapping.models import Models
    from asyncsa_lint.project.symbols import ClassInfo


def needs_unique(models: Models, cls: ClassInfo, plan: Plan, depth: int = 0) -> str:
    """A collection joined into the rows, directly or below joined to-one relationships."""
    model = models.get(cls)
    if model is None:
        return ""
    found = joined_collection(cls, plan, model)
    if found or depth > 3:
        return found
    for name, strategy, child in plan.loads:
        attribute = model.attributes.get(name)
        if (
            strategy in {"joined", "contains_eager"}
            and attribute is not None
            and attribute.target is not None
        ):
            below = needs_unique(models, attribute.target, child, depth + 1)
            if below:
                return below
    return ""


def joined_collection(cls: ClassInfo, plan: Plan, model: ModelInfo) -> str:
    """Name of a collection that the statement itself joins, so rows repeat; or empty."""
    chosen = {name: (strategy, child) for name, strategy, child in plan.loads}
    for name, attribute in model.attributes.items():
        if attribute.kind is not AttributeKind.RELATIONSHIP or not attribute.collection:
            continue
        if attribute.direction is Direction.UNKNOWN:
            continue
        strategy = chosen[name][0] if name in chosen else plan.wildcard or attribute.lazy
        if strategy in {"joined", "contains_eager"} and not (plan.opaque and name not in chosen):
            if (
                name not in chosen
                and not plan.wildcard
                and is_self_referential(attribute, cls)
                and attribute.join_depth is None
            ):
                continue
            return f"{model.name}.{name}"
    return ""


def pairs_of(models: Models, statement: StatementValue) -> tuple[tuple[int, str, int], ...]:
    """Which columns of a row hold an instance and the one that a relationship of it leads to."""
    places = {entity: number for number, entity in enumerate(statement.entities)}
    found = []
    for each in statement.joined:
        model = models.get(each.owner.cls)
        attribute = None if model is None else model.attributes.get(each.name)
        target = None if attribute is None or attribute.target is None else ClassValue(attribute.target)
        if each.owner in places and target in places and target != each.owner and not each.polymorphic:
            found.append((places[each.owner], each.name, places[target]))
    return tuple(found)
