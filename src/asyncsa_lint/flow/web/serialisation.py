"""Pydantic and FastAPI reading attributes of instances: `response_model`, `model_validate`.

FastAPI validates what a handler returns with `from_attributes=True` whatever the schema
says; `model_validate` does it only when the schema (or the call) says so. A default does
not protect: the attribute is read first (TRUTH A(j)).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.flow.states.objects import Application
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    AdapterValue,
    Arguments,
    ClassValue,
    Const,
    LibraryMethod,
    Value,
)
from asyncsa_lint.flow.tasks.coroutines import returned_to_framework
from asyncsa_lint.flow.web.validation import TypeScope, Validation

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.symbols import FunctionInfo

ROUTES = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route"})


def note_return(self: Interpreter, statement: ast.Return, value: Value, state: State) -> None:
    """The return value of a path operation goes through its response model."""
    if self.function is None or statement.value is None:
        return
    from asyncsa_lint.flow.tasks.escapes import returned

    returned(self, value, statement.value, state)
    route = route_of(self, self.function, state)
    if route is None:
        return
    returned_to_framework(self, statement.value, value, state)
    annotation = response_annotation(self.function, route)
    if annotation is not None:
        validation = Validation(self, statement.value, state, force=True)
        validation.of_type(value, annotation, TypeScope(self.function.module))


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
    validation = Validation(self, node, state, forced)
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Subscript):
        validation.of_type(value, node.func.value, TypeScope(self.module))
    else:
        validation.of_schema(value, schema, TypeScope(schema.cls.module))
    return UNKNOWN


def adapted(
    self: Interpreter, adapter: AdapterValue, name: str, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """`TypeAdapter(annotation).validate_python(value)`."""
    value = arguments.get(0, "object")
    if name == "validate_python" and value is not None:
        forced = arguments.keyword("from_attributes") == Const(True)
        Validation(self, node, state, forced).of_type(value, adapter.annotation, TypeScope(adapter.module))
    return UNKNOWN
