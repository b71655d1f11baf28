"""What the body of a class declares, before targets and back references are linked."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.facts.records import Binding, BindingKind, Expr
from asyncsa_lint.knowledge.mapping import DECLARED_ATTR, RELATIONSHIP_CALLS, sqlalchemy_name
from asyncsa_lint.project.annotations import NO_SHAPE, Shape, shape_of
from asyncsa_lint.project.mapping.declarations import Declaration, Located
from asyncsa_lint.project.mapping.evaluator import Evaluator
from asyncsa_lint.project.mapping.lineage import Lineages
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, MappedAttribute
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.recording import Tracked
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo

_KIND_OF_CALL = {
    **dict.fromkeys(RELATIONSHIP_CALLS, AttributeKind.RELATIONSHIP),
    **dict.fromkeys(("mapped_column", "Column", "deferred", "Field"), AttributeKind.COLUMN),
    "column_property": AttributeKind.COLUMN_PROPERTY,
    "query_expression": AttributeKind.QUERY_EXPRESSION,
    "association_proxy": AttributeKind.PROXY,
    "synonym": AttributeKind.SYNONYM,
}
_PROPERTIES = frozenset({"builtins.property", "functools.cached_property"})
_HYBRIDS = frozenset({"hybrid_property"})
_NOT_MAPPED = frozenset({"model_config", "metadata", "registry", "type_annotation_map"})
"""Names with a meaning of their own on models."""


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """One attribute as its class writes it."""

    name: str
    owner: ClassInfo
    kind: AttributeKind
    line: int
    column: int
    declaration: Declaration | None = None
    shape: Shape = NO_SHAPE
    sqlmodel: bool = False
    function: FunctionInfo | None = None
    site: tuple[int, int, int, int] = (0, 0, 0, 0)

    def attribute(self, spelling: str) -> MappedAttribute:
        """The attribute with its name and place, before anything is known of its meaning."""
        return MappedAttribute(
            name=self.name,
            kind=self.kind,
            owner=self.owner,
            line=self.line,
            column=self.column,
            site=self.site,
            spelling=spelling,
        )


@dataclass(slots=True, eq=False)
class Body:
    """The declarations of one class body; None hides an inherited attribute of that name."""

    attributes: dict[str, Declared | None]
    certain: bool = True


class Bodies:
    """Reads class bodies, memoised."""

    def __init__(self, project: Project, evaluator: Evaluator, lineages: Lineages) -> None:
        self._project = project
        self._evaluator = evaluator
        self._lineages = lineages
        self._known: Tracked[ClassInfo, Body] = Tracked(project.recorder)

    def of(self, cls: ClassInfo) -> Body:
        """The declarations in the body of a class."""
        return self._known.get(cls, lambda: self._read(cls))

    def _read(self, cls: ClassInfo) -> Body:
        body = Body({})
        annotations: dict[str, Expr] = {}
        for binding in cls.facts.bindings:
            if binding.annotation is not None:
                annotations[binding.name] = binding.annotation
            if binding.type_checking or binding.name.startswith("__") or binding.name in _NOT_MAPPED:
                continue
            if binding.kind is BindingKind.FUNCTION:
                self._function(cls, binding, body)
            elif binding.kind is BindingKind.ANNOTATION:
                self._annotation(cls, binding, body)
            elif binding.kind is BindingKind.ASSIGN and binding.value is not None and binding.index is None:
                self._assignment(cls, binding, binding.value, annotations.get(binding.name), body)
            else:
                body.attributes[binding.name] = None
        return body

    def _annotation(self, cls: ClassInfo, binding: Binding, body: Body) -> None:
        assert binding.annotation is not None
        node = parse(binding.annotation)
        shape = shape_of(self._evaluator, Located(node, cls))
        sqlmodel = self._is_field(cls, binding.name, shape)
        if shape.wrapper != "Mapped" and not sqlmodel:
            return
        body.attributes[binding.name] = Declared(
            binding.name,
            cls,
            AttributeKind.COLUMN,
            binding.line,
            binding.column,
            shape=shape,
            sqlmodel=sqlmodel,
            site=_site(node),
        )

    def _is_field(self, cls: ClassInfo, name: str, shape: Shape) -> bool:
        return self._lineages.of(cls).sqlmodel and not shape.class_variable and not name.startswith("_")

    def _assignment(
        self, cls: ClassInfo, binding: Binding, value: Expr, annotation: Expr | None, body: Body
    ) -> None:
        place = Located(parse(value), cls)
        shape = shape_of(self._evaluator, Located(parse(annotation), cls) if annotation else None)
        body.attributes[binding.name] = self.declared(
            binding.name, cls, place, shape, binding.line, binding.column
        )

    def declared(
        self, name: str, cls: ClassInfo, place: Located, shape: Shape, line: int, column: int
    ) -> Declared | None:
        """The attribute that an assigned value declares; None when it declares none."""
        declaration = self._evaluator.declaration(place)
        word = sqlalchemy_name(declaration.name) if declaration else ""
        sqlmodel = bool(shape.entity or shape.collection) and self._is_field(cls, name, shape)
        kind = _KIND_OF_CALL.get(word)
        if kind is AttributeKind.COLUMN_PROPERTY and declaration and self._wraps_column(declaration):
            kind = AttributeKind.COLUMN
        if kind is None:
            declaration = None
            if word or not (sqlmodel or shape.wrapper == "Mapped"):
                return self._property_call(name, cls, place, line, column)
            kind = AttributeKind.COLUMN
        return Declared(name, cls, kind, line, column, declaration, shape, sqlmodel, site=_site(place.node))

    def _wraps_column(self, declaration: Declaration) -> bool:
        inner = self._evaluator.declaration(declaration.positional[0]) if declaration.positional else None
        return inner is not None and sqlalchemy_name(inner.name) in {"Column", "mapped_column"}

    def _property_call(
        self, name: str, cls: ClassInfo, place: Located, line: int, column: int
    ) -> Declared | None:
        """`total = property(_get_total)`."""
        node = place.node
        if not isinstance(node, ast.Call) or not node.args:
            return None
        called = self._evaluator.external(place.at(node.func))
        getter = self._evaluator.symbol(place.at(node.args[0]))
        if called not in _PROPERTIES or not isinstance(getter, FunctionInfo):
            return None
        return Declared(
            name, cls, AttributeKind.PROPERTY, line, column, function=getter, site=_site(place.node)
        )

    def _function(self, cls: ClassInfo, binding: Binding, body: Body) -> None:
        function = self._project.function(cls.module, binding.target)
        if function is None:
            body.attributes[binding.name] = None
            return
        names = {self._decorator(cls, decorator) for decorator in function.facts.decorators}
        if {sqlalchemy_name(name) for name in names} & DECLARED_ATTR:
            self._declared_attr(cls, function, body)
        elif {sqlalchemy_name(name) for name in names} & _HYBRIDS:
            self._getter(cls, function, AttributeKind.HYBRID, body)
        elif names & _PROPERTIES:
            self._getter(cls, function, AttributeKind.PROPERTY, body)
        else:
            body.attributes[binding.name] = None

    def _decorator(self, cls: ClassInfo, decorator: Expr) -> str:
        name = self._evaluator.external(self._evaluator.callee(Located(parse(decorator), cls)))
        return name.removesuffix(".directive").removesuffix(".cascading")

    def _getter(self, cls: ClassInfo, function: FunctionInfo, kind: AttributeKind, body: Body) -> None:
        facts = function.facts
        body.attributes[facts.name] = Declared(
            facts.name, cls, kind, facts.line, facts.column, function=function, site=_head(function)
        )

    def _declared_attr(self, cls: ClassInfo, function: FunctionInfo, body: Body) -> None:
        facts = function.facts
        place = self._evaluator.returned(function, 0)
        shape = shape_of(self._evaluator, Located(parse(facts.returns), cls) if facts.returns else None)
        found = None
        if place is not None:
            found = self.declared(facts.name, cls, place, shape, facts.line, facts.column)
        if found is None:
            body.certain = False
        body.attributes[facts.name] = found


def _site(node: ast.expr) -> tuple[int, int, int, int]:
    return (
        node.lineno,
        node.col_offset,
        node.end_lineno or node.lineno,
        node.end_col_offset or node.col_offset,
    )


def _head(function: FunctionInfo) -> tuple[int, int, int, int]:
    """The word `def` stands for a getter, which has no value expression."""
    facts = function.facts
    return (facts.line, facts.column, facts.line, facts.column + len("def"))
