"""Where a class comes from: its ancestors, and whether they make it a mapped class.

Evidence for "mapped", in the order of its strength: a declarative base of SQLAlchemy or
of a library (`knowledge.mapping`), a base made by `declarative_base()`, a decorator
(`@registry.mapped`), `table=True` on SQLModel; and, when a base can not be resolved
(`from company.db import Base`), a literal `__tablename__` beside mapped attributes.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.facts.records import Binding, BindingKind
from asyncsa_lint.knowledge.mapping import (
    DECLARATIVE_FACTORIES,
    DECLARATIVE_METACLASSES,
    BaseRow,
    base_row,
    sqlalchemy_name,
)
from asyncsa_lint.project.answers import Answers
from asyncsa_lint.project.mapping.declarations import Located, dotted, last_value
from asyncsa_lint.project.mapping.evaluator import Evaluator
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.recording import Tracked
from asyncsa_lint.project.symbols import ClassInfo, External, Symbol, ValueInfo

_HUMP = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")
"""Where advanced-alchemy puts the underscores of a table name."""


@dataclass(slots=True, eq=False)
class Lineage:
    """A class with its ancestors, nearest first."""

    classes: list[ClassInfo] = field(default_factory=list)
    """Classes of the project, the class itself first."""
    rows: list[tuple[ClassInfo, BaseRow]] = field(default_factory=list)
    """Known external bases, with the class that names them."""
    declarative: bool = False
    is_root: bool = False
    """The class is itself a declarative base, not a model."""
    sqlmodel: bool = False
    decorated: bool = False
    """By `@registry.mapped` or `mapped_as_dataclass`, itself or a superclass."""
    dataclass: bool = False
    certain: bool = True
    """Every base is a class of the project or known to `knowledge`."""


class Lineages:
    """Lineages and table names of classes, memoised."""

    def __init__(self, project: Project, evaluator: Evaluator) -> None:
        self._project = project
        self._evaluator = evaluator
        self._known: Tracked[ClassInfo, Lineage] = Tracked(project.recorder)
        self._tables: Answers[str] = Answers(project.recorder)

    def of(self, cls: ClassInfo) -> Lineage:
        """The lineage of a class."""
        return self._known.get(cls, lambda: self._trace(cls))

    def _trace(self, cls: ClassInfo) -> Lineage:
        lineage = Lineage()
        pending = [entry for entry in self._project.mro(cls) if isinstance(entry, ClassInfo)]
        if cls not in pending:
            pending.insert(0, cls)
        while pending:
            entry = pending.pop(0)
            if entry in lineage.classes:
                continue
            lineage.classes.append(entry)
            for base, (symbol, _) in zip(
                entry.facts.bases, self._project.base_arguments(entry), strict=False
            ):
                pending.extend(self._add_base(lineage, entry, parse(base), symbol, entry is cls))
            self._add_decorators(lineage, entry, entry is cls)
            self._add_metaclass(lineage, entry)
        return lineage

    def _add_base(
        self, lineage: Lineage, cls: ClassInfo, node: ast.expr, symbol: Symbol | None, own: bool
    ) -> list[ClassInfo]:
        """Note one base; answers classes that the method resolution order does not show."""
        if isinstance(symbol, ClassInfo):
            return []
        if not isinstance(symbol, External):
            place = self._evaluator.resolved(Located(node, self._project.enclosing(cls)))
            return self._add_made_base(lineage, place, own)
        row = base_row(symbol.name)
        if row is None:
            lineage.certain = False
            return []
        lineage.rows.append((cls, row))
        lineage.declarative |= row.declarative
        lineage.sqlmodel |= row.sqlmodel
        lineage.dataclass |= row.dataclass
        lineage.is_root |= own and row.declarative and not row.names_table
        return []

    def _add_made_base(self, lineage: Lineage, place: Located, own: bool) -> list[ClassInfo]:
        """`declarative_base(cls=Mixin)`, `registry.generate_base()`, `with_metaclass(...)`."""
        call = place.node
        if not isinstance(call, ast.Call) or not self._makes_base(place, call.func):
            lineage.certain = False
            return []
        lineage.declarative = True
        mixins: list[ClassInfo] = []
        for keyword in call.keywords:
            if keyword.arg == "cls":
                for element in self._evaluator.items(place.at(keyword.value)):
                    found = self._evaluator.symbol(element)
                    mixins.extend([found] if isinstance(found, ClassInfo) else [])
        return mixins

    def _makes_base(self, place: Located, function: ast.expr) -> bool:
        name = self._evaluator.external(place.at(function))
        if sqlalchemy_name(name) in DECLARATIVE_FACTORIES:
            return True
        return (
            isinstance(function, ast.Attribute)
            and function.attr == "generate_base"
            and self._is_registry(place.at(function.value))
        )

    def _is_registry(self, place: Located) -> bool:
        """Whether an expression is a `registry()`, or the `registry` of a declarative class."""
        place = self._evaluator.resolved(place)
        if isinstance(place.node, ast.Call):
            return sqlalchemy_name(self._evaluator.external(place.at(place.node.func))) == "registry"
        if isinstance(place.node, ast.Attribute) and place.node.attr == "registry":
            owner = self._evaluator.symbol(place.at(place.node.value))
            return isinstance(owner, ClassInfo) and self.of(owner).declarative
        return False

    def _add_decorators(self, lineage: Lineage, cls: ClassInfo, own: bool) -> None:
        for decorator in cls.facts.decorators:
            node = parse(decorator)
            function = node.func if isinstance(node, ast.Call) else node
            place = Located(function, self._project.enclosing(cls))
            word = sqlalchemy_name(self._evaluator.external(place))
            if word == "as_declarative":
                lineage.declarative = True
                lineage.is_root |= own
            elif word in {"mapped_as_dataclass", "unmapped_dataclass"}:
                lineage.dataclass = True
                lineage.decorated |= word == "mapped_as_dataclass"
            elif isinstance(function, ast.Attribute) and self._is_registry(place.at(function.value)):
                lineage.decorated |= function.attr in {"mapped", "mapped_as_dataclass"}
                lineage.dataclass |= function.attr == "mapped_as_dataclass"
                lineage.declarative |= function.attr == "as_declarative_base"
                lineage.is_root |= own and function.attr == "as_declarative_base"

    def _add_metaclass(self, lineage: Lineage, cls: ClassInfo) -> None:
        for name, value in cls.facts.keywords:
            if name == "metaclass":
                found = self._evaluator.external(Located(parse(value), cls.module))
                lineage.declarative |= sqlalchemy_name(found) in DECLARATIVE_METACLASSES

    # -- what the ancestors say together

    def binding(self, cls: ClassInfo, name: str) -> tuple[ClassInfo, Binding] | None:
        """The binding of a class attribute in the nearest ancestor that has one."""
        for entry in self.of(cls).classes:
            found = last_value(entry.facts.bindings, name)
            if found is not None:
                return entry, found
        return None

    def value(self, owner: ClassInfo, binding: Binding) -> Located | None:
        """The expression a class attribute is, through `declared_attr` as well."""
        if binding.kind is BindingKind.ASSIGN and binding.value is not None and binding.index is None:
            return Located(parse(binding.value), owner)
        function = self._project.function(owner.module, binding.target)
        if binding.kind is not BindingKind.FUNCTION or function is None:
            return None
        return self._evaluator.returned(function, 0)

    def is_abstract(self, cls: ClassInfo) -> bool:
        """Whether the class itself says `__abstract__ = True`."""
        found = last_value(cls.facts.bindings, "__abstract__")
        value = self.value(cls, found) if found else None
        return value is not None and self._evaluator.flag(value, True)

    def is_sqlmodel_table(self, cls: ClassInfo) -> bool:
        """Whether `table=True` stands on the class or on a superclass."""
        for entry in self.of(cls).classes:
            for name, value in entry.facts.keywords:
                if name == "table":
                    return self._evaluator.flag(Located(parse(value), entry.module), False)
        return False

    def table_name(self, cls: ClassInfo) -> str:
        """`__tablename__` when it can be told; empty otherwise."""
        # A name that is made from itself is none.
        return self._tables.get(cls, lambda: self._find_table_name(cls)) or ""

    def _find_table_name(self, cls: ClassInfo) -> str:
        for name in ("__tablename__", "__table__"):
            found = self.binding(cls, name)
            value = self.value(*found) if found else None
            if value is not None:
                return self._table_object(value) if name == "__table__" else self._evaluator.text(value, cls)
            if found is not None:
                return ""
        lineage = self.of(cls)
        for _, row in lineage.rows:
            if row.table:
                return row.table
            if row.names_table:
                return _HUMP.sub(r"_\1", cls.facts.name).lower()
        return cls.facts.name.lower() if lineage.sqlmodel else ""

    def _table_object(self, value: Located) -> str:
        call = self._evaluator.declaration(value)
        if call is None or sqlalchemy_name(call.name) != "Table" or not call.positional:
            return ""
        return self._evaluator.text(call.positional[0])

    def names_table(self, cls: ClassInfo) -> bool:
        """Whether the class or an ancestor says which table it stands for."""
        if self.binding(cls, "__tablename__") or self.binding(cls, "__table__"):
            return True
        return any(row.names_table or row.table for _, row in self.of(cls).rows)

    def owner_of(self, place: Located, name: str) -> ClassInfo | None:
        """The class that the part of a dotted name before its last dot stands for."""
        owner = name.rpartition(".")[0].removesuffix(".c").removesuffix(".__table__")
        found = self._evaluator.lookup(place.scope, owner) if owner else None
        return found if isinstance(found, ClassInfo) else None

    def value_table(self, place: Located) -> str:
        """Name of the `Table` object that a chain of names stands for."""
        owner = dotted(place.node).rpartition(".")[0].removesuffix(".c")
        found = self._evaluator.lookup(place.scope, owner) if owner else None
        value = self._evaluator.value_of(found, 0) if isinstance(found, ValueInfo) else None
        return self._table_object(value) if value else ""
