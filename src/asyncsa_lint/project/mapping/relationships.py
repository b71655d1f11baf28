"""Linking relationships: target class, direction, cardinality, loading.

Annotated (`Mapped[list["T"]]`) the annotation decides whether the value is a collection.
Without annotation SQLAlchemy looks at the foreign keys of the two tables, and so do we:
a key on this side only makes it many-to-one. Observed on SQLAlchemy 2.1: `uselist=False`
overrules a collection annotation, `uselist=True` does not overrule `Mapped["T"]`, and a
self-referential relationship whose `remote_side` is the primary key is many-to-one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from asyncsa_lint.facts.expressions import parse_annotation
from asyncsa_lint.knowledge.mapping import WRAPPER_LAZY, sqlalchemy_name
from asyncsa_lint.project.annotations import Shape
from asyncsa_lint.project.mapping.declarations import Declaration, Located, dotted
from asyncsa_lint.project.mapping.declared import Declared
from asyncsa_lint.project.mapping.evaluator import Evaluator
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, Direction, MappedAttribute
from asyncsa_lint.project.symbols import ClassInfo, ModuleInfo

_LAZY_OF_CONSTANT = {True: "select", False: "joined", None: "noload"}
_ALWAYS_COLLECTIONS = frozenset({"dynamic", "write_only"})


@dataclass(frozen=True, slots=True)
class Keys:
    """The foreign keys of a class: (attribute, table referred to), and its own tables."""

    references: tuple[tuple[str, str], ...]
    tables: frozenset[str]

    def to(self, other: Keys) -> tuple[str, ...]:
        """Attributes of this class that refer to a table of the other."""
        return tuple(name for name, table in self.references if table in other.tables)


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    """Arguments of a relationship, SQLModel's packaging undone."""

    spelling: str
    positional: tuple[Located, ...]
    keywords: Mapping[str, Located]
    complete: bool


class Relationships:
    """Turns declared relationships into attributes of the classes that have them."""

    def __init__(
        self,
        evaluator: Evaluator,
        keys: Callable[[ClassInfo], Keys],
        by_name: Callable[[str, ModuleInfo, ClassInfo], ClassInfo | None],
    ) -> None:
        self._evaluator = evaluator
        self._keys = keys
        self._by_name = by_name

    def link(self, declared: Declared, cls: ClassInfo) -> MappedAttribute:
        """The attribute as instances of `cls` have it."""
        call = self._call(declared.declaration)
        target = self._target(call, declared, cls)
        # A subclass with a table of its own has one more key, which is not that of the relationship.
        home = declared.owner if self._keys(declared.owner).tables else cls
        collection, direction = self._cardinality(call, declared, home, target)
        to_one = not collection and direction is Direction.MANY_TO_ONE
        return replace(
            declared.attribute(_spelling(call, declared.shape)),
            kind=AttributeKind.RELATIONSHIP,
            target=target,
            collection=collection,
            lazy=self._lazy(call, declared.shape),
            back_populates=self._back_populates(call),
            join_depth=self._join_depth(call),
            viewonly=self._evaluator.flag(call.keywords.get("viewonly"), False),
            secondary=_has_secondary(call),
            direction=direction,
            foreign_keys=self._own_keys(call, home, target) if to_one else (),
            nullable=declared.shape.optional if declared.shape.wrapper or declared.sqlmodel else None,
            dataclass_default=dataclass_default(call.keywords),
            in_repr=self._evaluator.flag(call.keywords.get("repr"), True),
            in_compare=self._evaluator.flag(call.keywords.get("compare"), True),
        )

    def _call(self, declaration: Declaration | None) -> _Call:
        if declaration is None:
            return _Call("", (), {}, False)
        word = sqlalchemy_name(declaration.name)
        keywords = dict(declaration.keywords)
        if word != "Relationship":
            return _Call(word, declaration.positional, keywords, declaration.complete)
        wrapped = keywords.get("sa_relationship")
        inner = self._evaluator.declaration(wrapped) if wrapped else None
        if inner is not None:
            return _Call(word, inner.positional, inner.keywords, inner.complete)
        complete = declaration.complete
        if "sa_relationship_kwargs" in keywords:
            entries, whole = self._evaluator.mapping(keywords["sa_relationship_kwargs"])
            keywords.update(entries)
            complete = complete and whole
        return _Call(word, (), keywords, complete)

    # -- target

    def _target(self, call: _Call, declared: Declared, cls: ClassInfo) -> ClassInfo | None:
        argument = call.positional[0] if call.positional else call.keywords.get("argument")
        if argument is not None:
            found = self.class_named(argument, cls)
            if found is not None:
                return found
        entity = declared.shape.entity
        return self.class_named(entity, cls) if entity is not None else None

    def class_named(self, place: Located, cls: ClassInfo) -> ClassInfo | None:
        """The class meant by a name, a string, a lambda or a subscript of these."""
        node = place.node
        if isinstance(node, ast.Lambda):
            return self.class_named(place.at(node.body), cls)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            inner = parse_annotation(node.value)
            return self.class_named(place.at(inner), cls) if inner is not None else None
        if isinstance(node, ast.Subscript):
            arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            within = [place.at(node.value), *(place.at(argument) for argument in arguments[-1:])]
            return next(filter(None, (self.class_named(part, cls) for part in within)), None)
        name = dotted(node)
        if not name:
            return None
        found = self._evaluator.symbol(place)
        if isinstance(found, ClassInfo):
            return found
        resolved = self._evaluator.resolved(place)
        if resolved is not place:
            return self.class_named(resolved, cls) if resolved.steps < 10 else None
        return self._by_name(name, cls.module, cls) if found is None else None

    # -- cardinality

    def _cardinality(
        self, call: _Call, declared: Declared, cls: ClassInfo, target: ClassInfo | None
    ) -> tuple[bool, Direction]:
        direction = self._direction(call, cls, target)
        shape = declared.shape
        lazy = self._lazy(call, shape)
        if lazy in _ALWAYS_COLLECTIONS:
            return True, _to_many(direction)
        if not self._evaluator.flag(call.keywords.get("uselist"), True):
            return False, direction
        if (shape.wrapper == "Mapped" or declared.sqlmodel) and (shape.collection or shape.entity):
            many = shape.collection and direction is not Direction.MANY_TO_ONE
            return many, _to_many(direction) if many else direction
        if direction is not Direction.UNKNOWN:
            return direction is not Direction.MANY_TO_ONE, direction
        return True, direction

    def _direction(self, call: _Call, cls: ClassInfo, target: ClassInfo | None) -> Direction:
        if _has_secondary(call):
            return Direction.MANY_TO_MANY
        if target is None:
            return Direction.UNKNOWN
        own, other = self._keys(cls), self._keys(target)
        mine = own.to(other)
        if own.tables & other.tables or cls is target:
            return self._self_direction(call, mine)
        theirs = other.to(own)
        if bool(mine) != bool(theirs):
            return Direction.MANY_TO_ONE if mine else Direction.ONE_TO_MANY
        named = self._columns(call, "foreign_keys") or self._columns(call, "primaryjoin")
        on_target = {name for owner, name in named if owner.rpartition(".")[2] == target.facts.name}
        here = {name for owner, name in named if owner.rpartition(".")[2] != target.facts.name}
        if here & set(mine) and not on_target & set(theirs):
            return Direction.MANY_TO_ONE
        if on_target & set(theirs) and not here & set(mine):
            return Direction.ONE_TO_MANY
        if not mine and not theirs and self._columns(call, "foreign_keys"):
            # The tables declare no key: what the relationship names as such is one.
            if not on_target:
                return Direction.MANY_TO_ONE
            return Direction.UNKNOWN if here else Direction.ONE_TO_MANY
        return Direction.UNKNOWN

    def _self_direction(self, call: _Call, keys: tuple[str, ...]) -> Direction:
        remote = {name for _, name in self._columns(call, "remote_side")}
        if not remote:
            return Direction.UNKNOWN if "primaryjoin" in call.keywords else Direction.ONE_TO_MANY
        return Direction.ONE_TO_MANY if remote <= set(keys) else Direction.MANY_TO_ONE

    def _own_keys(self, call: _Call, cls: ClassInfo, target: ClassInfo | None) -> tuple[str, ...]:
        if target is None:
            return ()
        keys = self._keys(cls).to(self._keys(target))
        named = {name for _, name in self._columns(call, "foreign_keys")}
        return tuple(name for name in keys if name in named) or (keys if not named else ())

    def _columns(self, call: _Call, keyword: str) -> list[tuple[str, str]]:
        place = call.keywords.get(keyword)
        return list(self._column_names(place)) if place else []

    def _column_names(self, place: Located) -> Iterator[tuple[str, str]]:
        """(owner, column) of `[id]`, `"T.id"`, `lambda: [T.id]`, `T.__table__.c.id`, `A.x == B.y`."""
        node = place.node
        if isinstance(node, ast.Lambda):
            yield from self._column_names(place.at(node.body))
        elif isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Compare | ast.Call):
            for element in _parts(node):
                yield from self._column_names(place.at(element))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            inner = parse_annotation(node.value)
            if inner is not None:
                yield from self._column_names(place.at(inner))
        elif name := dotted(node):
            owner, _, column = name.rpartition(".")
            yield owner.removesuffix(".c").removesuffix(".__table__"), column

    # -- loading and linking

    def _lazy(self, call: _Call, shape: Shape) -> str:
        if shape.wrapper in WRAPPER_LAZY:
            return WRAPPER_LAZY[shape.wrapper]
        if call.spelling == "dynamic_loader":
            return "dynamic"
        given = call.keywords.get("lazy")
        if given is None:
            return "select" if call.complete else "unknown"
        return self.lazy_of(given)

    def lazy_of(self, place: Located) -> str:
        """The loading strategy that a `lazy=` value means."""
        value = self._evaluator.literal(place)
        if isinstance(value, str):
            return value
        if value is None or isinstance(value, bool):
            return _LAZY_OF_CONSTANT[value]
        return "unknown"

    def _join_depth(self, call: _Call) -> int | None:
        given = call.keywords.get("join_depth")
        value = self._evaluator.literal(given) if given else None
        return value if isinstance(value, int) else None

    def _back_populates(self, call: _Call) -> str:
        for keyword in ("back_populates", "backref"):
            place = call.keywords.get(keyword)
            if place is not None:
                return self._evaluator.text(self._reference(place))
        return ""

    def _reference(self, place: Located) -> Located:
        """`backref("name", ...)` names the attribute by its first argument."""
        call = self._evaluator.declaration(place)
        if call is not None and sqlalchemy_name(call.name) == "backref" and call.positional:
            return call.positional[0]
        return place

    # -- back references

    def back_reference(self, declared: Declared, cls: ClassInfo) -> tuple[ClassInfo, MappedAttribute] | None:
        """The attribute that `backref=` adds, with the class that gets it."""
        call = self._call(declared.declaration)
        place = call.keywords.get("backref")
        target = self._target(call, declared, cls) if place else None
        if place is None or target is None:
            return None
        name = self._back_populates(call)
        if not name:
            return None
        forward = self.link(declared, cls)
        options = self._evaluator.declaration(place)
        keywords = options.keywords if options else {}
        direction = _reversed(forward.direction)
        to_one = direction is Direction.MANY_TO_ONE or not self._evaluator.flag(keywords.get("uselist"), True)
        complete = options is None or options.complete
        lazy = self.lazy_of(keywords["lazy"]) if "lazy" in keywords else "select" if complete else "unknown"
        return target, MappedAttribute(
            name=name,
            kind=AttributeKind.RELATIONSHIP,
            owner=declared.owner,
            line=declared.line,
            column=declared.column,
            site=declared.site,
            spelling="backref",
            target=cls,
            collection=not to_one,
            lazy=lazy,
            back_populates=declared.name,
            viewonly=forward.viewonly,
            secondary=forward.secondary,
            direction=direction,
            foreign_keys=self._keys(target).to(self._keys(cls)) if direction is Direction.MANY_TO_ONE else (),
        )


def dataclass_default(keywords: Mapping[str, Located]) -> str:
    """Which dataclass default a declaration gives."""
    return next((word for word in ("default_factory", "default") if word in keywords), "")


def _parts(node: ast.List | ast.Tuple | ast.Set | ast.Compare | ast.Call) -> list[ast.expr]:
    """Operands of a condition: `and_(foreign(A.x) == B.y, ...)`."""
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    return node.args if isinstance(node, ast.Call) else node.elts


def _has_secondary(call: _Call) -> bool:
    return "secondary" in call.keywords or "link_model" in call.keywords or len(call.positional) > 1


def _to_many(direction: Direction) -> Direction:
    return direction if direction is Direction.MANY_TO_MANY else Direction.ONE_TO_MANY


def _reversed(direction: Direction) -> Direction:
    return {
        Direction.MANY_TO_ONE: Direction.ONE_TO_MANY,
        Direction.ONE_TO_MANY: Direction.MANY_TO_ONE,
    }.get(direction, direction)


def _spelling(call: _Call, shape: Shape) -> str:
    return shape.wrapper if shape.wrapper in WRAPPER_LAZY else call.spelling
