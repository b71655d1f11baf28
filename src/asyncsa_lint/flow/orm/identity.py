"""Which rows a session may hold already: a many-to-one to one of them needs no query (TRUTH A(e)).

    author = await session.get(Author, author_id)
    for book in await session.scalars(select(Book).where(Book.author_id == author_id)):
        book.author        # found in the identity map: nothing is read

Which row a key names is not known, so any row of the target class that something still
refers to counts: one in a variable, one that an eager load hung onto an object in hand,
one that a caller passed in by a parameter of that type.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import dotted_name, parse, parse_annotation
from asyncsa_lint.facts.nodes import children
from asyncsa_lint.flow.orm.plans import Loading, Plan
from asyncsa_lint.flow.states.objects import RETURNED, Instance, ListObject, Phase, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import NONE, UNKNOWN, Const, ObjectId, Ref, Value
from asyncsa_lint.project.mapping.mapped_attributes import (
    AttributeKind,
    Direction,
    MappedAttribute,
    ModelInfo,
)
from asyncsa_lint.project.symbols import ClassInfo

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

_DEPTH = 3


def served_without_io(
    self: Interpreter, record: Instance, attribute: MappedAttribute, loading: Loading, state: State
) -> Value | None:
    """A to-one read that needs no SQL: null foreign key, or target in the identity map (TRUTH A(e))."""
    if loading is Loading.RAISES:
        return None
    if attribute.direction is Direction.UNKNOWN:
        return UNKNOWN
    if attribute.collection:
        return None
    if attribute.direction is not Direction.MANY_TO_ONE:
        # The side without the foreign key is never served from the identity map.
        return None
    if record.phase is Phase.DETACHED:
        # Not even a null foreign key is looked at (TRUTH A(b)).
        return None
    keys = attribute.foreign_keys
    if any(_is_missing(record, key) for key in keys):
        return None
    if keys and all(record.attributes.get(key) == NONE for key in keys):
        return NONE
    if keys and _was_created(record):
        given = [key for key in keys if key in record.given]
        if not given or all(record.attributes.get(key) == NONE for key in given):
            return NONE
    return UNKNOWN if holds_target(self, record, attribute, state) else None


def _was_created(record: Instance) -> bool:
    """The program has made the object; a later statement may have met it."""
    plan = record.plan
    return plan is not None and (plan.created or (record.uncommitted and not plan.again))


def _numbers_itself(record: Instance) -> bool:
    """The database has made the key of a new row: nobody could know it before."""
    return not any(a.primary_key and a.name in record.given for a in record.model.attributes.values())


def _is_missing(record: Instance, name: str) -> bool:
    """The key would have to be fetched first."""
    key = record.model.attributes.get(name)
    if name in record.attributes or key is None or record.plan is None or record.plan.opaque:
        return False
    if record.plan.created and name not in record.given and key.deferred:
        return False
    stale = any(name == each for each, _ in record.stale)
    return stale or record.plan.look_up(record.model, key)[0] is not Loading.LOADED


def may_be_served(model: ModelInfo, reverse: MappedAttribute, child: Plan) -> bool:
    """The identity map is asked by the foreign key, which has to be there; raiseload never asks it."""
    keys = [model.attributes[key] for key in reverse.foreign_keys if key in model.attributes]
    loaded = all(child.look_up(model, key)[0] is Loading.LOADED for key in keys)
    return loaded and child.look_up(model, reverse)[0] is not Loading.RAISES


def raises_on_held(
    model: ModelInfo,
    attribute: MappedAttribute,
    session: ObjectId | None,
    lineage: frozenset[ClassInfo],
    state: State,
) -> bool:
    """A row that the session holds already keeps the options of its first load: raiseload among them."""
    return any(
        isinstance(other, Instance)
        and other.session == session
        and other.plan is not None
        and other.model.cls in lineage
        and other.plan.look_up(model, attribute)[0] is Loading.RAISES
        for other in state.heap.values()
    )


def holds_target(self: Interpreter, record: Instance, attribute: MappedAttribute, state: State) -> bool:
    """The session may already hold the target of a to-one relationship."""
    target = attribute.target
    if target is None or _parameter_of(self, target):
        return True
    given = not record.given.isdisjoint(attribute.foreign_keys) and _is_row_of(record.model, target)
    if given and not (_was_created(record) and _numbers_itself(record)):
        # The key was set by hand: it may be the row's own.
        return True
    apart = _known_others(record, attribute, state)
    for ident, other in list(state.heap.items()):
        if not isinstance(other, Instance):
            continue
        if not _may_share(other.session, record.session, state):
            continue
        if other.expired is not None or _was_made_after(ident, other, record, attribute, state):
            continue
        row = other is not record and _is_row_of(other.model, target) and ident not in apart
        if row and not _same_place(other, record) and not _is_below(ident, other, record, attribute, state):
            return True
        if other.plan is None and other is not record and _leads(other.model, attribute):
            return True
        if other.plan is not None and _loads(self, other.model, other.plan, attribute, _DEPTH):
            return True
    return False


def _known_others(record: Instance, attribute: MappedAttribute, state: State) -> frozenset[ObjectId]:
    """The rows that a key given as a literal does not name: their keys are written differently, or the
    database has made them."""
    from asyncsa_lint.flow.orm.keys import literal, others

    value = record.attributes.get(attribute.foreign_keys[0]) if len(attribute.foreign_keys) == 1 else None
    if not isinstance(value, Const) or value.value is None:
        return frozenset()
    made = (
        ident
        for ident, other in state.heap.items()
        if isinstance(other, Instance) and _was_created(other) and _numbers_itself(other)
    )
    return others(literal(value.value), state).union(made)


def _was_made_after(
    ident: ObjectId, other: Instance, record: Instance, attribute: MappedAttribute, state: State
) -> bool:
    """The program has made the row when this one was loaded already, and nobody has made them refer to
    each other."""
    plan = record.plan
    if not _was_created(other) or not _numbers_itself(other) or plan is None:
        return False
    if _was_created(record) or plan.again or not record.given.isdisjoint(attribute.foreign_keys):
        return False
    related = other.model.attributes
    if any(related[name].kind is AttributeKind.RELATIONSHIP for name in other.attributes if name in related):
        return False
    own = next((each for each, known in state.heap.items() if known is record), None)
    return isinstance(own, int) and isinstance(ident, int) and own < ident


def _may_share(one: ObjectId | None, other: ObjectId | None, state: State) -> bool:
    """Two sessions may be one: that of an instance is not known, or what hands both out keeps one."""
    if one == other or one is None or other is None:
        return True
    sessions = (state.get(one), state.get(other))
    return all(isinstance(each, Session) and each.origin == RETURNED for each in sessions)


def _is_row_of(model: ModelInfo, target: ClassInfo) -> bool:
    return model.cls is target or model.parent is target


def _same_place(other: Instance, record: Instance) -> bool:
    """Another element of the collection the record stands in, not a row of its own."""
    return other.root is not None and other.root == record.root and other.path == record.path


def _is_below(
    ident: ObjectId, other: Instance, record: Instance, attribute: MappedAttribute, state: State
) -> bool:
    """In a tree: the row has been come by from the other one upwards, which is not above it, too."""
    first = ident if other.root is None else other.root
    if first != record.root or record.path[: len(other.path)] != other.path:
        return False
    steps = record.path[len(other.path) :]
    if not steps or any(name != attribute.name or collection for _, name, collection in steps):
        return False
    # What stands for the elements of a list stands for rows above, too.
    return not any(isinstance(e, ListObject) and e.element == Ref(ident) for e in state.heap.values())


def _leads(model: ModelInfo, wanted: MappedAttribute) -> bool:
    """A row of which nothing is known may have brought its rows of the target class along."""
    return any(
        attribute.kind is AttributeKind.RELATIONSHIP
        and attribute.target is wanted.target
        and _is_another_way(attribute, wanted)
        for attribute in model.attributes.values()
    )


def _loads(self: Interpreter, model: ModelInfo, plan: Plan, wanted: MappedAttribute, depth: int) -> bool:
    """The plan fills a relationship to the target class, other than those of the reading class."""
    for attribute in model.attributes.values():
        if attribute.kind is not AttributeKind.RELATIONSHIP:
            continue
        loading, child = plan.look_up(model, attribute)
        if loading is not Loading.LOADED:
            continue
        if attribute.target is None:
            return True
        if attribute.target is wanted.target and _is_another_way(attribute, wanted):
            return True
        inner = self.context.models.get(attribute.target)
        if depth and inner is not None and _loads(self, inner, child, wanted, depth - 1):
            return True
    return False


def _is_another_way(attribute: MappedAttribute, wanted: MappedAttribute) -> bool:
    """A relationship of another class, a collection that may have the target among its members, or
    another one of a tree: by several steps it may lead there too."""
    if attribute.owner is not wanted.owner or _by_the_same_key(attribute, wanted):
        return True
    tree = wanted.target is wanted.owner and attribute.name != wanted.name
    return (tree or attribute.collection) and attribute.back_populates != wanted.name


def _by_the_same_key(attribute: MappedAttribute, wanted: MappedAttribute) -> bool:
    """`active_group` beside `group`: another to-one whose condition may name the same key."""
    if attribute.name == wanted.name or attribute.collection:
        return False
    return not attribute.foreign_keys or not set(attribute.foreign_keys).isdisjoint(wanted.foreign_keys)


def _parameter_of(self: Interpreter, target: ClassInfo) -> bool:
    """The function was handed a row of the class, by what a parameter declares."""
    if self.function is None:
        return False
    return any(
        parameter.annotation is not None and _names(self, parse(parameter.annotation), target)
        for parameter in self.function.facts.parameters
    )


def _names(self: Interpreter, annotation: ast.expr, target: ClassInfo) -> bool:
    if isinstance(annotation, ast.Constant):
        inner = parse_annotation(annotation.value) if isinstance(annotation.value, str) else None
        return inner is not None and _names(self, inner, target)
    if dotted_name(annotation):
        found = self.context.project.resolve_expr(self.function or self.module, annotation)
        return isinstance(found, ClassInfo) and target in self.context.project.mro(found)
    inner_nodes = (node for node in children(annotation) if isinstance(node, ast.expr))
    return any(_names(self, node, target) for node in inner_nodes)
