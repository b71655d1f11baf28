"""Pydantic and FastAPI reading attributes of instances: `response_model`, `model_validate`.

FastAPI validates what a handler returns with `from_attributes=True` whatever the schema
says; `model_validate` does it only when the schema (or the call) says so. A default does
not protect: the attribute is read first (TRUTH A(j)).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import dotted_name, parse, parse_annotation
from asyncsa_lint.flow.attributes import read
from asyncsa_lint.flow.containers import element_of
from asyncsa_lint.flow.coroutines import returned_to_framework
from asyncsa_lint.flow.objects import Application, DictObject, Instance, ListObject, ProjectObject
from asyncsa_lint.flow.state import State
from asyncsa_lint.flow.values import (
    UNKNOWN,
    AdapterValue,
    Arguments,
    ClassValue,
    Const,
    LibraryMethod,
    Ref,
    TupleValue,
    Value,
)
from asyncsa_lint.project.symbols import ClassInfo, ValueInfo
from asyncsa_lint.project.type_expressions import head_name

if TYPE_CHECKING:
    from asyncsa_lint.flow.interpreter import Interpreter
    from asyncsa_lint.project.schemas import SchemaInfo
    from asyncsa_lint.project.symbols import FunctionInfo, ModuleInfo

ROUTES = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route"})
_COLLECTIONS = frozenset(
    {"list", "List", "Sequence", "Iterable", "set", "Set", "tuple", "Tuple", "frozenset"}
)
_SAME = frozenset({"Optional", "Annotated", "ClassVar", "Required", "Awaitable"})


@dataclass(slots=True)
class TypeScope:
    """Where the names of an annotation are looked up, and what its type variables stand for."""

    module: ModuleInfo
    variables: dict[str, tuple[ast.expr, TypeScope]] = field(default_factory=dict)


def note_return(self: Interpreter, statement: ast.Return, value: Value, state: State) -> None:
    """The return value of a path operation goes through its response model."""
    if self.function is None or statement.value is None:
        return
    from asyncsa_lint.flow.escapes import returned

    returned(self, value, statement.value, state)
    route = route_of(self, self.function, state)
    if route is None:
        return
    returned_to_framework(self, statement.value, value, state)
    annotation = response_annotation(self.function, route)
    if annotation is not None:
        serialise(
            self, value, annotation, TypeScope(self.function.module), statement.value, state, 0, force=True
        )


def route_of(self: Interpreter, function: FunctionInfo, state: State) -> ast.Call | None:
    """The decorator that makes the function a path operation, if there is one."""
    for decorator in function.facts.decorators:
        node = parse(decorator)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ROUTES
            and isinstance(state.object_of(self.eval(node.func.value, state.fork())), Application)
        ):
            return node
    return None


def response_annotation(function: FunctionInfo, route: ast.Call) -> ast.expr | None:
    """`response_model=` of the route decorator, else the return annotation."""
    for keyword in route.keywords:
        if keyword.arg == "response_model":
            none = isinstance(keyword.value, ast.Constant) and keyword.value.value is None
            return None if none else keyword.value
        if keyword.arg == "response_class":
            return None
    return None if function.facts.returns is None else parse(function.facts.returns)


def validated(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """`Schema.model_validate(value)`."""
    assert isinstance(target.receiver, ClassValue)
    schema = self.context.schemas.get(target.receiver.cls)
    value = arguments.get(0, "obj")
    if schema is None or value is None:
        return UNKNOWN
    forced = arguments.keyword("from_attributes") == Const(True) or target.name == "from_orm"
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Subscript):
        serialise(self, value, node.func.value, TypeScope(self.module), node, state, 0, force=forced)
        return UNKNOWN
    read_schema(self, value, schema, TypeScope(schema.cls.module), node, state, 0, force=forced)
    return UNKNOWN


def adapted(
    self: Interpreter, adapter: AdapterValue, name: str, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """`TypeAdapter(annotation).validate_python(value)`."""
    value = arguments.get(0, "object")
    if name == "validate_python" and value is not None:
        forced = arguments.keyword("from_attributes") == Const(True)
        scope = TypeScope(adapter.module)
        serialise(self, value, adapter.annotation, scope, node, state, 0, force=forced)
    return UNKNOWN


def serialise(
    self: Interpreter,
    value: Value,
    annotation: ast.expr,
    scope: TypeScope,
    node: ast.AST,
    state: State,
    depth: int,
    *,
    force: bool,
) -> None:
    """Read from `value` what a field of the annotated type reads."""
    if value is UNKNOWN or depth > 6:
        return
    if isinstance(annotation, ast.Constant):
        inner_type = parse_annotation(annotation.value) if isinstance(annotation.value, str) else None
        if inner_type is None:
            return
        annotation = inner_type
    if isinstance(annotation, ast.BinOp):
        _union(self, value, [annotation.left, annotation.right], scope, node, state, depth, force=force)
        return
    if isinstance(annotation, ast.Subscript):
        _subscript(self, value, annotation, scope, node, state, depth, force=force)
        return
    name = dotted_name(annotation)
    if name in scope.variables:
        inner, outer = scope.variables[name]
        serialise(self, value, inner, outer, node, state, depth + 1, force=force)
        return
    symbol = self.context.project.resolve(scope.module, name) if name else None
    if isinstance(symbol, ClassInfo):
        schema = self.context.schemas.get(symbol)
        if schema is not None:
            read_schema(self, value, schema, TypeScope(symbol.module), node, state, depth, force=force)
    elif isinstance(symbol, ValueInfo) and symbol.bindings[-1].value is not None:
        alias, inner_scope = parse(symbol.bindings[-1].value), TypeScope(symbol.module)
        serialise(self, value, alias, inner_scope, node, state, depth + 1, force=force)


def _union(
    self: Interpreter,
    value: Value,
    members: list[ast.expr],
    scope: TypeScope,
    node: ast.AST,
    state: State,
    depth: int,
    *,
    force: bool,
) -> None:
    """Of several alternatives only a single one beside None is certain to be read."""
    real = [m for m in members if not (isinstance(m, ast.Constant) and m.value is None)]
    if len(real) == 1:
        serialise(self, value, real[0], scope, node, state, depth + 1, force=force)


def _subscript(
    self: Interpreter,
    value: Value,
    annotation: ast.Subscript,
    scope: TypeScope,
    node: ast.AST,
    state: State,
    depth: int,
    *,
    force: bool,
) -> None:
    name = head_name(self.context.project, scope.module, annotation.value)
    items = list(annotation.slice.elts) if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
    if name in _SAME:
        serialise(self, value, items[0], scope, node, state, depth + 1, force=force)
    elif name == "Union":
        _union(self, value, items, scope, node, state, depth, force=force)
    elif name in _COLLECTIONS:
        for element in _elements(value, state):
            serialise(self, element, items[0], scope, node, state, depth + 1, force=force)
    else:
        symbol = self.context.project.resolve_expr(scope.module, annotation.value)
        schema = self.context.schemas.get(symbol) if isinstance(symbol, ClassInfo) else None
        if schema is not None:
            inner = TypeScope(schema.cls.module)
            for variable, item in zip(schema.type_parameters, items, strict=False):
                inner.variables[variable] = (item, scope)
            read_schema(self, value, schema, inner, node, state, depth, force=force)


def _elements(value: Value, state: State) -> list[Value]:
    if isinstance(value, TupleValue):
        return list(value.items)
    record = state.object_of(value)
    if isinstance(record, ListObject) and record.items is not None:
        return list(record.items)
    element = element_of(value, state)
    return [] if element is UNKNOWN else [element]


def read_schema(
    self: Interpreter,
    value: Value,
    schema: SchemaInfo,
    scope: TypeScope,
    node: ast.AST,
    state: State,
    depth: int,
    *,
    force: bool,
) -> None:
    """All fields of the schema are read from the value."""
    record = state.object_of(value)
    if (
        schema.validators_before
        or schema.is_root
        or not isinstance(record, Instance | ProjectObject | DictObject)
    ):
        return
    if isinstance(record, Instance) and not (force or schema.from_attributes):
        return
    outer = self.context.serialising
    self.context.serialising = schema.cls.facts.name
    try:
        for one in schema.fields:
            if one.computed is not None or not one.sources:
                continue
            found = _source(self, value, record, one.sources, node, state)
            if one.annotation is not None and found is not UNKNOWN:
                inner = TypeScope(one.module, scope.variables)
                serialise(self, found, parse(one.annotation), inner, node, state, depth + 1, force=force)
    finally:
        self.context.serialising = outer


def _source(
    self: Interpreter,
    value: Value,
    record: object,
    sources: tuple[tuple[str, ...], ...],
    node: ast.AST,
    state: State,
) -> Value:
    """The first attribute path that the object has."""
    for path in sources:
        if isinstance(record, DictObject):
            return record.items.get(path[0], UNKNOWN)
        if isinstance(record, ProjectObject):
            if isinstance(value, Ref):
                state.touch(value.id, path[0])
            if path[0] in record.attributes:
                return record.attributes[path[0]]
            continue
        assert isinstance(record, Instance)
        if (
            path[0] not in record.model.attributes
            and self.context.project.member(record.model.cls, path[0]) is None
        ):
            continue
        current = value
        for name in path:
            current = read(self, current, name, node, state)
        return current
    return UNKNOWN
