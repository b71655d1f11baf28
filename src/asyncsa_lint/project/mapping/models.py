"""The mapped classes of a project: `Models.get(cls)` answers what its instances have.

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[list["Child"]] = relationship(lazy="selectin")

`get(Parent)` gives the column `id` and the relationship `children` (to `Child`, a
collection, loaded by "selectin"). Attributes come from the class body, mixins, abstract
bases, mapped superclasses, known external bases, `backref=` of other classes and
assignments outside the class. A base that can not be resolved leaves `certain=False`:
what is listed is right, but something may be missing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.knowledge.mapping import ColumnRow, sqlalchemy_name
from asyncsa_lint.project.annotations import NO_SHAPE
from asyncsa_lint.project.answers import Answers
from asyncsa_lint.project.mapping.columns import ColumnReader
from asyncsa_lint.project.mapping.declarations import Located, Unknown
from asyncsa_lint.project.mapping.declared import Bodies, Declared
from asyncsa_lint.project.mapping.evaluator import Evaluator
from asyncsa_lint.project.mapping.lineage import Lineages
from asyncsa_lint.project.mapping.mapped_attributes import (
    AttributeKind,
    Direction,
    MappedAttribute,
    ModelInfo,
)
from asyncsa_lint.project.mapping.registry import ClassNames
from asyncsa_lint.project.mapping.relationships import Keys, Relationships, dataclass_default
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.recording import Tracked
from asyncsa_lint.project.symbols import ClassInfo, ModuleInfo

__all__ = ["AttributeKind", "Direction", "MappedAttribute", "ModelInfo", "Models"]

_ASSIGNED = (b"relationship", b"column_property", b"association_proxy", b"deferred", b"synonym")

_PROXY_KEYWORDS = ("target_collection", "name", "attr")
"""Of `association_proxy` and `synonym`, in the order of their parameters."""


class Models:
    """Mapped classes by class, lazily and memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._evaluator = Evaluator(project)
        self._lineages = Lineages(project, self._evaluator)
        self._bodies = Bodies(project, self._evaluator, self._lineages)
        self._columns = ColumnReader(self._evaluator, self._lineages)
        self._names = ClassNames(project, self._lineages, self.is_mapped)
        self._relationships = Relationships(self._evaluator, self._keys, self._names.find)
        self._models: Tracked[ClassInfo, ModelInfo | None] = Tracked(project.recorder)
        self._merged_bodies: Tracked[ClassInfo, dict[str, Declared | None]] = Tracked(project.recorder)
        self._known_keys: Answers[Keys] = Answers(project.recorder)
        self._back_references: dict[ClassInfo, dict[str, MappedAttribute]] | None = None
        self._outside: dict[ClassInfo, dict[str, Declared]] | None = None

    def get(self, cls: ClassInfo) -> ModelInfo | None:
        """What is known of a mapped class; None for a class that is not mapped."""
        return self._models.get(cls, lambda: self._build(cls))

    def by_name(self, name: str, near: ModuleInfo) -> ClassInfo | None:
        """The mapped class that a string like `"Child"` or `"app.models.Child"` means."""
        return self._names.find(name, near, None)

    # -- which classes are mapped

    def is_mapped(self, cls: ClassInfo) -> bool:
        """Whether the class is mapped to a table or is a base of such classes."""
        lineage = self._lineages.of(cls)
        if lineage.declarative or lineage.decorated:
            return True
        if lineage.sqlmodel:
            return self._lineages.is_sqlmodel_table(cls)
        return not lineage.certain and self._lineages.names_table(cls) and self._declares(cls)

    def _is_mixin(self, cls: ClassInfo) -> bool:
        return not self._lineages.of(cls).sqlmodel and self._declares(cls)

    def _declares(self, cls: ClassInfo) -> bool:
        """Whether SQLAlchemy's own words (`Mapped`, `mapped_column`) stand in the bodies."""
        return any(
            found is not None and (found.declaration is not None or found.shape.wrapper == "Mapped")
            for found in self._merged(cls).values()
        )

    def is_table(self, cls: ClassInfo) -> bool:
        """Whether instances of exactly this class are rows."""
        lineage = self._lineages.of(cls)
        if not self.is_mapped(cls) or lineage.is_root or self._lineages.is_abstract(cls):
            return False
        if lineage.sqlmodel or lineage.decorated or self._lineages.names_table(cls):
            return True
        return self._parent(cls) is not None or not lineage.certain

    def _parent(self, cls: ClassInfo) -> ClassInfo | None:
        ancestors = self._lineages.of(cls).classes[1:]
        return next((entry for entry in ancestors if self._is_own_table(entry)), None)

    def _is_own_table(self, cls: ClassInfo) -> bool:
        """Like `is_table`, for an ancestor: a mixin that only names tables is none."""
        lineage = self._lineages.of(cls)
        mapped = lineage.declarative or lineage.decorated or lineage.sqlmodel
        return mapped and self.is_table(cls)

    # -- building

    def _build(self, cls: ClassInfo) -> ModelInfo | None:
        if not self.is_mapped(cls) and not self._is_mixin(cls):
            return None
        lineage = self._lineages.of(cls)
        attributes = dict(self._own_attributes(cls))
        for owner, row in lineage.rows:
            for column in row.columns:
                attributes.setdefault(column.name, _library_column(column, owner))
        for entry in lineage.classes:
            for name, attribute in self._all_back_references().get(entry, {}).items():
                attributes.setdefault(name, attribute)
        bodies = [self._bodies.of(entry) for entry in lineage.classes]
        return ModelInfo(
            cls=cls,
            name=cls.facts.name,
            attributes=attributes,
            eager_defaults=self._eager_defaults(cls),
            has_returning=not self._switches_off_returning(cls),
            is_table=self.is_table(cls),
            is_sqlmodel=lineage.sqlmodel,
            is_dataclass=lineage.dataclass,
            has_async_attrs=any(row.async_attrs for _, row in lineage.rows),
            parent=self._parent(cls),
            certain=lineage.certain and all(body.certain for body in bodies),
            tablename=self._lineages.table_name(cls),
        )

    def _merged(self, cls: ClassInfo) -> dict[str, Declared | None]:
        """Declarations of the class and its ancestors; the nearest wins."""
        return self._merged_bodies.get(cls, lambda: self._merge(cls))

    def _merge(self, cls: ClassInfo) -> dict[str, Declared | None]:
        merged: dict[str, Declared | None] = {}
        for entry in self._lineages.of(cls).classes:
            merged.update(self._assigned_outside(entry))
            for name, declared in self._bodies.of(entry).attributes.items():
                merged.setdefault(name, declared)
        return merged

    def _own_attributes(self, cls: ClassInfo) -> Iterator[tuple[str, MappedAttribute]]:
        for name, declared in self._merged(cls).items():
            if declared is not None:
                yield name, self._attribute(declared, cls)
        yield from self._table_columns(cls)

    def _attribute(self, declared: Declared, cls: ClassInfo) -> MappedAttribute:
        if declared.kind is AttributeKind.RELATIONSHIP or self._is_unseen_relationship(declared, cls):
            return self._relationships.link(declared, cls)
        if declared.kind is AttributeKind.COLUMN:
            return self._column(declared)
        return self._other(declared)

    def _is_unseen_relationship(self, declared: Declared, cls: ClassInfo) -> bool:
        """`x: Mapped["Child"] = something()`: what is made is unknown, its type is a model."""
        entity = declared.shape.entity
        if declared.declaration is not None or declared.shape.wrapper != "Mapped" or entity is None:
            return False
        target = self._relationships.class_named(entity, cls)
        return target is not None and self.is_mapped(target)

    def _column(self, declared: Declared) -> MappedAttribute:
        facts = self._columns.facts(declared.declaration, declared.shape, declared.sqlmodel)
        declaration = declared.declaration
        keywords = declaration.keywords if declaration else {}
        return replace(
            declared.attribute(declaration.spelling if declaration else declared.shape.wrapper),
            primary_key=facts.primary_key,
            deferred=facts.deferred,
            nullable=facts.nullable,
            foreign_key=facts.foreign_key,
            server_generated=facts.server_generated,
            onupdate=facts.onupdate,
            computed=facts.computed,
            python_default=facts.python_default,
            dataclass_default=dataclass_default(keywords),
            in_repr=self._evaluator.flag(keywords.get("repr"), True),
            in_compare=self._evaluator.flag(keywords.get("compare"), True),
        )

    def _other(self, declared: Declared) -> MappedAttribute:
        declaration = declared.declaration
        positional = declaration.positional if declaration else ()
        keywords = declaration.keywords if declaration else {}
        places = [*positional, *(keywords[word] for word in _PROXY_KEYWORDS if word in keywords)]
        if declared.kind not in {AttributeKind.PROXY, AttributeKind.SYNONYM}:
            places = []
        names = [self._evaluator.text(place) for place in places[:2]] + ["", ""]
        return replace(
            declared.attribute(declaration.spelling if declaration else declared.kind.value),
            deferred=self._evaluator.flag(keywords.get("deferred"), False),
            proxy_of=names[0],
            proxy_attribute=names[1],
            function=declared.function,
        )

    def _table_columns(self, cls: ClassInfo) -> Iterator[tuple[str, MappedAttribute]]:
        """Columns of `__table__ = Table("name", metadata, Column("id", ...))`."""
        found = self._lineages.binding(cls, "__table__")
        value = self._lineages.value(*found) if found else None
        call = self._evaluator.declaration(value) if value else None
        if found is None or value is None or call is None or sqlalchemy_name(call.name) != "Table":
            return
        for place in call.positional[1:]:
            column = self._evaluator.declaration(place)
            if column is None or sqlalchemy_name(column.name) != "Column" or not column.positional:
                continue
            name = self._evaluator.text(column.positional[0])
            if name:
                binding = found[1]
                declared = Declared(
                    name, found[0], AttributeKind.COLUMN, binding.line, binding.column, column, NO_SHAPE
                )
                yield name, self._column(declared)

    # -- foreign keys

    def _keys(self, cls: ClassInfo) -> Keys:
        return self._known_keys.get(cls, lambda: self._find_keys(cls)) or Keys((), frozenset())

    def _find_keys(self, cls: ClassInfo) -> Keys:
        tables = {self._lineages.table_name(cls)}
        for entry in self._lineages.of(cls).classes[1:]:
            if self._is_own_table(entry):
                tables.add(self._lineages.table_name(entry))
        references = [
            (name, _table_of(facts.foreign_key))
            for name, declared in self._merged(cls).items()
            if declared is not None and declared.kind is AttributeKind.COLUMN
            for facts in (self._columns.facts(declared.declaration, declared.shape, declared.sqlmodel),)
        ]
        references += [(name, _table_of(column.foreign_key)) for name, column in self._table_columns(cls)]
        references += [
            (column.name, _table_of(column.foreign_key))
            for _, row in self._lineages.of(cls).rows
            for column in row.columns
        ]
        references += self._constraint_keys(cls)
        return Keys(
            tuple((name, table) for name, table in references if table),
            frozenset(_table_of(f"{table}.") for table in tables if table),
        )

    def _constraint_keys(self, cls: ClassInfo) -> list[tuple[str, str]]:
        """`ForeignKeyConstraint(["a", "b"], ["t.a", "t.b"])` in `__table_args__`."""
        keys: list[tuple[str, str]] = []
        for place in self._table_arguments(cls):
            call = self._evaluator.declaration(place)
            if call is None or sqlalchemy_name(call.name) != "ForeignKeyConstraint":
                continue
            columns, references = ([self._evaluator.items(side) for side in call.positional] + [[], []])[:2]
            for own, other in zip(columns, references, strict=False):
                keys.append((self._evaluator.text(own), _table_of(self._columns.column_reference(other))))
        return keys

    def _table_arguments(self, cls: ClassInfo) -> list[Located]:
        found = self._lineages.binding(cls, "__table_args__")
        value = self._lineages.value(*found) if found else None
        return self._evaluator.items(value) if value else []

    # -- mapper and table options

    def _eager_defaults(self, cls: ClassInfo) -> str:
        """`eager_defaults` of `__mapper_args__`, which mapped superclasses do not pass on."""
        for entry in self._lineages.of(cls).classes:
            if entry is not cls and self._is_own_table(entry):
                continue
            binding = next((b for b in entry.facts.bindings if b.name == "__mapper_args__"), None)
            if binding is None:
                continue
            value = self._lineages.value(entry, binding)
            entries, complete = self._evaluator.mapping(value) if value else ({}, False)
            given = entries.get("eager_defaults")
            if given is None:
                return "auto" if complete else "true"
            return _eager_word(self._evaluator.literal(given))
        return "auto"

    def loads_subclass_columns(self, cls: ClassInfo) -> bool:
        """Selecting a superclass may fetch the columns of `cls` too: mappers say so, or can not be read."""
        for entry in self._lineages.of(cls).classes:
            binding = next((b for b in entry.facts.bindings if b.name == "__mapper_args__"), None)
            if binding is None:
                continue
            value = self._lineages.value(entry, binding)
            entries, complete = self._evaluator.mapping(value) if value else ({}, False)
            if not complete or not {"with_polymorphic", "polymorphic_load"}.isdisjoint(entries):
                return True
        return False

    def _switches_off_returning(self, cls: ClassInfo) -> bool:
        for place in self._table_arguments(cls):
            entries, _ = self._evaluator.mapping(place) if isinstance(place.node, ast.Dict) else ({}, True)
            if not self._evaluator.flag(entries.get("implicit_returning"), True):
                return True
        return False

    # -- what other places add to a class: found for the project, without what was asked before

    def _assigned_outside(self, cls: ClassInfo) -> dict[str, Declared]:
        if self._outside is not None:
            return self._outside.get(cls, {})
        found = self._project.recorder.shared(
            "assigned", lambda: Models(self._project.fresh())._find_assigned()
        )
        return found.get(cls, {})

    def _find_assigned(self) -> dict[ClassInfo, dict[str, Declared]]:
        self._outside = {}
        for path in self._project.mentioning(_ASSIGNED):
            self._collect_assigned(path, self._outside)
        return self._outside

    def _collect_assigned(self, path: str, outside: dict[ClassInfo, dict[str, Declared]]) -> None:
        assigned = self._project.calls_assigned(path)
        module = self._project.module_at(path) if assigned else None
        if module is None:
            return
        for owner, name, expr in assigned:
            cls = self._project.resolve(module, owner)
            if isinstance(cls, ClassInfo):
                place = Located(parse(expr), module)
                declared = self._bodies.declared(name, cls, place, NO_SHAPE, expr.line, expr.column)
                if declared is not None:
                    outside.setdefault(cls, {})[name] = declared

    def _all_back_references(self) -> dict[ClassInfo, dict[str, MappedAttribute]]:
        if self._back_references is not None:
            return self._back_references
        return self._project.recorder.shared(
            "backrefs", lambda: Models(self._project.fresh())._find_back_references()
        )

    def _find_back_references(self) -> dict[ClassInfo, dict[str, MappedAttribute]]:
        self._back_references = {}
        for path in self._project.mentioning((b"backref",)):
            for cls in self._project.classes_at(path):
                self._collect_back_references(cls, self._back_references)
        return self._back_references

    def _collect_back_references(
        self, cls: ClassInfo, found: dict[ClassInfo, dict[str, MappedAttribute]]
    ) -> None:
        declared = [*self._bodies.of(cls).attributes.values(), *self._assigned_outside(cls).values()]
        relationships = [d for d in declared if d is not None and d.kind is AttributeKind.RELATIONSHIP]
        if not relationships:
            return
        holders = (cls,) if self.is_table(cls) else self._project.subclasses(cls)
        for holder in filter(self.is_table, holders):
            for relationship in relationships:
                reference = self._relationships.back_reference(relationship, holder)
                if reference is not None:
                    target, attribute = reference
                    found.setdefault(target, {}).setdefault(attribute.name, attribute)


def _table_of(foreign_key: str) -> str:
    """Table of `table.column` or `schema.table.column`."""
    return foreign_key.rpartition(".")[0].rpartition(".")[2]


def _eager_word(value: object) -> str:
    if isinstance(value, Unknown):
        return "true"
    return "auto" if value == "auto" else "true" if value else "false"


def _library_column(row: ColumnRow, owner: ClassInfo) -> MappedAttribute:
    return MappedAttribute(
        name=row.name,
        kind=AttributeKind.COLUMN,
        owner=owner,
        line=owner.facts.line,
        column=owner.facts.column,
        spelling="mapped_column",
        primary_key=row.primary_key,
        nullable=row.nullable,
        foreign_key=row.foreign_key,
        onupdate=row.onupdate,
        python_default=row.python_default,
    )
