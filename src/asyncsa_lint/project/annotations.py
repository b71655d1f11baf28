"""What a type annotation says about the value, layer by layer.

`Mapped[Annotated[list["Child"] | None, ...]]` is wrapper `Mapped`, optional, a
collection, of entity `"Child"`, with the metadata of `Annotated`. Type aliases of the
project (`intpk = Annotated[int, mapped_column(primary_key=True)]`) are followed.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from asyncsa_lint.facts.expressions import parse_annotation
from asyncsa_lint.knowledge.mapping import COLLECTION_TYPES, MAPPED_WRAPPERS, sqlalchemy_name
from asyncsa_lint.project.mapping.declarations import Located, operands
from asyncsa_lint.project.mapping.evaluator import Evaluator
from asyncsa_lint.project.symbols import ValueInfo

_TYPING = frozenset({"typing", "typing_extensions"})
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """An annotation taken apart."""

    wrapper: str = ""
    """`Mapped`, `WriteOnlyMapped`, `DynamicMapped`, `AssociationProxy` or empty."""
    entity: Located | None = None
    """The innermost type; None when there is none or there are several."""
    collection: bool = False
    optional: bool = False
    class_variable: bool = False
    metadata: tuple[Located, ...] = ()
    """What stands beside the type in `Annotated[...]`, outermost last."""


NO_SHAPE = Shape()
"""Of an attribute without annotation."""


def shape_of(evaluator: Evaluator, annotation: Located | None) -> Shape:
    """Take an annotation apart; an absent one is an empty shape."""
    if annotation is None:
        return NO_SHAPE
    return _Reader(evaluator).read(annotation, NO_SHAPE, 0)


class _Reader:
    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def read(self, place: Located, shape: Shape, depth: int) -> Shape:
        node = place.node
        if depth > _MAX_DEPTH:
            return shape
        if isinstance(node, ast.Constant):
            return self._constant(place, node, shape, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union(_alternatives(place, node), shape, depth)
        if isinstance(node, ast.Subscript):
            return self._subscript(place, node, shape, depth)
        if isinstance(node, ast.Name | ast.Attribute):
            return self._name(place, shape, depth)
        return shape

    def _constant(self, place: Located, node: ast.Constant, shape: Shape, depth: int) -> Shape:
        if node.value is None:
            return replace(shape, optional=True)
        inner = parse_annotation(node.value) if isinstance(node.value, str) else None
        return shape if inner is None else self.read(place.at(inner), shape, depth + 1)

    def _union(self, members: list[Located], shape: Shape, depth: int) -> Shape:
        types = [member for member in members if not _is_none(member.node)]
        if len(types) < len(members):
            shape = replace(shape, optional=True)
        return self.read(types[0], shape, depth + 1) if len(types) == 1 else shape

    def _subscript(self, place: Located, node: ast.Subscript, shape: Shape, depth: int) -> Shape:
        head = self._evaluator.external(place.at(node.value))
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        module, _, word = head.rpartition(".")
        places = [place.at(argument) for argument in arguments]
        if not places:
            return shape
        if module in _TYPING and word in {"Optional", "Union"}:
            shape = replace(shape, optional=shape.optional or word == "Optional")
            return self._union(places, shape, depth)
        if module in _TYPING and word == "Annotated":
            inner = self.read(places[0], shape, depth + 1)
            return replace(inner, metadata=(*inner.metadata, *places[1:]))
        if module in _TYPING and word in {"ClassVar", "Final", "Required", "NotRequired"}:
            shape = replace(shape, class_variable=shape.class_variable or word == "ClassVar")
            return self.read(places[0], shape, depth + 1)
        if sqlalchemy_name(head) in MAPPED_WRAPPERS and not shape.wrapper:
            return self.read(places[0], replace(shape, wrapper=sqlalchemy_name(head)), depth + 1)
        if head in COLLECTION_TYPES and not shape.collection:
            inside = self.read(places[-1], NO_SHAPE, depth + 1)
            return replace(shape, collection=True, entity=inside.entity)
        return self._alias(place.at(node.value), shape, depth) or replace(shape, entity=place)

    def _name(self, place: Located, shape: Shape, depth: int) -> Shape:
        head = self._evaluator.external(place)
        if head in COLLECTION_TYPES:
            return replace(shape, collection=True)
        if sqlalchemy_name(head) in MAPPED_WRAPPERS and not shape.wrapper:
            return replace(shape, wrapper=sqlalchemy_name(head))
        if head in {"typing.ClassVar", "typing_extensions.ClassVar"}:
            return replace(shape, class_variable=True)
        return self._alias(place, shape, depth) or replace(shape, entity=place)

    def _alias(self, place: Located, shape: Shape, depth: int) -> Shape | None:
        """Follow a type alias of the project: a name bound to a type expression."""
        found = self._evaluator.symbol(place)
        if not isinstance(found, ValueInfo):
            return None
        value = self._evaluator.value_of(found, place.steps)
        if value is None or not isinstance(value.node, ast.Subscript | ast.BinOp | ast.Name | ast.Attribute):
            return None
        return self.read(value, shape, depth + 1)


def _alternatives(place: Located, node: ast.expr) -> list[Located]:
    return [place.at(operand) for operand in operands(node, ast.BitOr)]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or node.value == "None")
