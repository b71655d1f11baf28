"""Reading column declarations: defaults, `onupdate`, nullability, foreign keys.

Three spellings come together here: `mapped_column`/`Column` calls, SQLModel's `Field`
(with `sa_column`, `sa_column_kwargs`) and the `mapped_column` inside an `Annotated` type
alias, whose options hold unless the attribute's own call says otherwise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from asyncsa_lint.knowledge.mapping import SQL_CALLS, sqlalchemy_name
from asyncsa_lint.project.annotations import Shape
from asyncsa_lint.project.mapping.declarations import Declaration, Located, Unknown, dotted, operands
from asyncsa_lint.project.mapping.evaluator import Evaluator
from asyncsa_lint.project.mapping.lineage import Lineages
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo

_COLUMN_CALLS = frozenset({"mapped_column", "Column", "deferred", "column_property"})


@dataclass(slots=True)
class ColumnOptions:
    """What the calls say of one column."""

    keywords: dict[str, Located] = field(default_factory=dict)
    arguments: list[Located] = field(default_factory=list)
    deferred: bool = False
    sqlmodel: bool = False

    def merge(self, other: ColumnOptions) -> None:
        """Add what an inner or earlier call says; what is known already wins."""
        self.keywords = other.keywords | self.keywords
        self.arguments = [*self.arguments, *other.arguments]
        self.deferred = self.deferred or other.deferred


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """The same, evaluated."""

    primary_key: bool
    deferred: bool
    nullable: bool | None
    foreign_key: str
    server_generated: bool
    onupdate: str
    computed: bool
    python_default: bool


class ColumnReader:
    """Turns declarations and annotations into `ColumnFacts`."""

    def __init__(self, evaluator: Evaluator, lineages: Lineages) -> None:
        self._evaluator = evaluator
        self._lineages = lineages

    def facts(self, declaration: Declaration | None, shape: Shape, sqlmodel: bool) -> ColumnFacts:
        """Everything about one column attribute."""
        options = self._options(declaration, sqlmodel)
        for metadata in reversed(shape.metadata):
            inner = self._evaluator.declaration(metadata)
            if inner is not None and sqlalchemy_name(inner.name) in {"mapped_column", "Column", "Field"}:
                options.merge(self._options(inner, sqlmodel))
        default = options.keywords.get("insert_default") or options.keywords.get("default")
        computed = self._has_argument(options, "Computed")
        return ColumnFacts(
            primary_key=self._flag(options, "primary_key"),
            deferred=self._is_deferred(options),
            nullable=self._nullable(options, shape),
            foreign_key=self._foreign_key(options),
            server_generated=computed
            or self._has_argument(options, "Identity")
            or self._given(options, "server_default")
            or self._given(options, "server_onupdate")
            or self._is_sql(default),
            onupdate=self._onupdate(options),
            computed=computed,
            python_default=not self._is_sql(default) and self._has_default(options, default),
        )

    def _options(self, declaration: Declaration | None, sqlmodel: bool) -> ColumnOptions:
        options = ColumnOptions(sqlmodel=sqlmodel)
        if declaration is None:
            return options
        word = sqlalchemy_name(declaration.name)
        options.keywords.update(declaration.keywords)
        if word == "Field":
            self._field(declaration, options)
            return options
        options.deferred = word == "deferred"
        for argument in declaration.positional:
            inner = self._evaluator.declaration(argument) if word in {"deferred", "column_property"} else None
            if inner is not None and sqlalchemy_name(inner.name) in _COLUMN_CALLS:
                options.merge(self._options(inner, sqlmodel))
            else:
                options.arguments.append(argument)
        return options

    def _field(self, declaration: Declaration, options: ColumnOptions) -> None:
        """SQLModel: `default` is Python's; the column's own options hide in `sa_column*`."""
        options.sqlmodel = True
        column = declaration.keywords.get("sa_column")
        inner = self._evaluator.declaration(column) if column else None
        if inner is not None:
            options.merge(self._options(inner, False))
        if "sa_column_kwargs" in declaration.keywords:
            entries, _ = self._evaluator.mapping(declaration.keywords["sa_column_kwargs"])
            options.keywords.update(entries)
        if "sa_column_args" in declaration.keywords:
            options.arguments.extend(self._evaluator.items(declaration.keywords["sa_column_args"]))

    def _flag(self, options: ColumnOptions, name: str) -> bool:
        return self._evaluator.flag(options.keywords.get(name), False)

    def _given(self, options: ColumnOptions, name: str) -> bool:
        place = options.keywords.get(name)
        return place is not None and self._evaluator.literal(place) is not None

    def _has_default(self, options: ColumnOptions, default: Located | None) -> bool:
        if "default_factory" in options.keywords:
            return True
        return default is not None and self._evaluator.literal(default) is not None

    def _is_deferred(self, options: ColumnOptions) -> bool:
        return options.deferred or self._flag(options, "deferred") or self._given(options, "deferred_group")

    def _nullable(self, options: ColumnOptions, shape: Shape) -> bool | None:
        if self._flag(options, "primary_key"):
            return False
        given = options.keywords.get("nullable")
        if given is not None:
            value = self._evaluator.literal(given)
            return None if isinstance(value, Unknown) else bool(value)
        if options.sqlmodel and "sa_column" in options.keywords:
            return True
        annotated = shape.wrapper == "Mapped" or options.sqlmodel
        return shape.optional if annotated else True

    # -- SQL or Python

    def _onupdate(self, options: ColumnOptions) -> str:
        if self._given(options, "server_onupdate"):
            return "sql"
        place = options.keywords.get("onupdate")
        if place is None or self._evaluator.literal(place) is None:
            return ""
        if self._is_sql(place):
            return "sql"
        return "python" if self._is_python(place) else ""

    def _is_sql(self, place: Located | None) -> bool:
        """Whether an expression is SQL: `func.now()`, `text("now()")`, `select(...)`."""
        if place is None:
            return False
        place = self._evaluator.resolved(place)
        node = place.node
        if isinstance(node, ast.Call):
            return self._makes_sql(place, node.func)
        if isinstance(node, ast.BinOp):
            parts = operands(node, ast.operator)
            return any(self._is_sql(place.at(part)) for part in (parts[0], parts[-1]))
        return False

    def _makes_sql(self, place: Located, function: ast.expr) -> bool:
        while True:  # `func.now().op("at")(x)` begins with `func.now`
            if isinstance(function, ast.Call):
                function = function.func
            elif isinstance(function, ast.Attribute) and isinstance(function.value, ast.Call):
                function = function.value
            else:
                break
        name = self._evaluator.external(place.at(function))
        parts = name.split(".")
        if parts[0] not in {"sqlalchemy", "sqlmodel"}:
            return self._helper_makes_sql(place, function)
        return "func" in parts or parts[-1] in SQL_CALLS or "functions" in parts[:-1]

    def _helper_makes_sql(self, place: Located, function: ast.expr) -> bool:
        """A project class of SQL (`class utcnow(FunctionElement)`) or a one-line helper."""
        found = self._evaluator.symbol(place.at(function))
        if isinstance(found, ClassInfo):
            return self._evaluator.inherits(found, _SQL_ELEMENTS)
        if isinstance(found, FunctionInfo):
            inner = self._evaluator.returned(found, place.steps)
            return inner is not None and self._is_sql(inner)
        return False

    def _is_python(self, place: Located) -> bool:
        """Whether an expression is a constant or callable that Python evaluates."""
        place = self._evaluator.resolved(place)
        if isinstance(place.node, ast.Lambda | ast.Constant):
            return True
        if isinstance(place.node, ast.Call):
            return self._evaluator.external(place.at(place.node.func)) == "functools.partial"
        found = self._evaluator.symbol(place)
        if isinstance(found, External):
            return not sqlalchemy_name(found.name)
        return isinstance(found, FunctionInfo)

    # -- foreign keys

    def _foreign_key(self, options: ColumnOptions) -> str:
        given = options.keywords.get("foreign_key")
        if given is not None:
            return self.column_reference(given)
        for call in self._argument_calls(options, "ForeignKey"):
            first = call.positional[0] if call.positional else call.keywords.get("column")
            if first is not None:
                return self.column_reference(first)
        return ""

    def column_reference(self, place: Located) -> str:
        """`users.id` of `"users.id"`, `f"{User.__tablename__}.id"` or `User.id`."""
        text = self._evaluator.text(place)
        if text:
            return text
        name = dotted(place.node)
        owner = self._lineages.owner_of(place, name)
        table = self._lineages.table_name(owner) if owner else self._lineages.value_table(place)
        return f"{table}.{name.rpartition('.')[2]}" if table else ""

    def _has_argument(self, options: ColumnOptions, word: str) -> bool:
        return any(True for _ in self._argument_calls(options, word))

    def _argument_calls(self, options: ColumnOptions, word: str) -> Iterator[Declaration]:
        for argument in options.arguments:
            call = self._evaluator.declaration(argument)
            if call is not None and sqlalchemy_name(call.name) == word:
                yield call


_SQL_ELEMENTS = frozenset(
    {
        "sqlalchemy.sql.expression.FunctionElement",
        "sqlalchemy.sql.functions.FunctionElement",
        "sqlalchemy.sql.functions.GenericFunction",
        "sqlalchemy.sql.expression.ColumnElement",
        "sqlalchemy.ColumnElement",
        "sqlalchemy.FunctionElement",
    }
)
"""Bases of SQL constructs that projects write themselves."""
