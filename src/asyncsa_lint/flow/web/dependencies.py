"""FastAPI dependencies: what `Depends(provider)` hands to a parameter.

Within one request a provider runs once, so all parameters that name it share the object
(TRUTH E): the user that an authentication dependency loaded lives in the same session
as the handler's `db`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import dotted_name, parse
from asyncsa_lint.facts.records import ParameterFacts
from asyncsa_lint.flow import own_calls
from asyncsa_lint.flow.states.carried import sessions_held
from asyncsa_lint.flow.states.paths import PathEnds
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    Arguments,
    BoundMethod,
    ClassValue,
    FunctionValue,
    ObjectId,
    Ref,
    Value,
)
from asyncsa_lint.flow.tasks.blocking import elsewhere
from asyncsa_lint.flow.tasks.escapes import is_kept_by_app
from asyncsa_lint.project.symbols import External

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.symbols import FunctionInfo

DEPENDS = frozenset(
    {
        "fastapi.Depends",
        "fastapi.params.Depends",
        "fastapi.param_functions.Depends",
        "fastapi.Security",
        "fastapi.params.Security",
        "fastapi.param_functions.Security",
    }
)


class Request:
    """The objects that dependencies have given to one request so far."""

    def __init__(self) -> None:
        self.given: dict[object, Value] = {}
        self.running: set[object] = set()
        self.ended_early: set[ObjectId] = set()
        """Sessions of dependencies with `scope="function"`: closed before the response is sent (TRUTH E)."""


def parameter_value(
    self: Interpreter, function: FunctionInfo, parameter: ParameterFacts, state: State
) -> Value:
    """What a parameter of a root function is: a dependency's object, or some object of its type."""
    from asyncsa_lint.flow.evaluation.annotations import value_of_annotation

    if parameter.default is not None:
        default = parse(parameter.default)
        annotation = None if parameter.annotation is None else parse(parameter.annotation)
        provided = dependency_call(self, default, annotation, state)
        if provided is not UNKNOWN:
            return provided
    if parameter.annotation is None:
        return UNKNOWN
    return value_of_annotation(self, parse(parameter.annotation), state)


def says_something(self: Interpreter, function: FunctionInfo, parameter: ParameterFacts) -> bool:
    """The declaration tells what the parameter is: a session, an instance, an object of the project."""
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    if parameter.annotation is None:
        return False
    inner = Activation(self.context, function.module, function, cls=self.context.owner_class(function))
    inner.request = Request()
    return parameter_value(inner, function, parameter, State(self.context.shared)) is not UNKNOWN


def annotated_dependency(
    self: Interpreter, metadata: list[ast.expr], annotation: ast.expr, state: State
) -> Value:
    """The dependency among the metadata of an `Annotated`, if any."""
    for item in metadata:
        provided = dependency_call(self, item, annotation, state)
        if provided is not UNKNOWN:
            return provided
    return UNKNOWN


def dependency_call(self: Interpreter, node: ast.expr, annotation: ast.expr | None, state: State) -> Value:
    """Value of `Depends(provider)`; UNKNOWN when the node is something else."""
    if not isinstance(node, ast.Call):
        return UNKNOWN
    symbol = self.context.project.resolve_expr(self.function or self.module, node.func)
    if not isinstance(symbol, External) or symbol.name not in DEPENDS:
        return UNKNOWN
    provider = node.args[0] if node.args else annotation
    for keyword in node.keywords:
        if keyword.arg == "dependency":
            provider = keyword.value
    if provider is None or self.request is None:
        return UNKNOWN
    cached = all(
        not (k.arg == "use_cache" and isinstance(k.value, ast.Constant) and k.value.value is False)
        for k in node.keywords
    )
    if not (isinstance(provider, ast.Name | ast.Attribute) and dotted_name(provider)) and not isinstance(
        provider, ast.Call
    ):
        return UNKNOWN
    value = provide(self, self.eval(provider, state), node, state, cached=cached)
    scopes = [keyword.value for keyword in node.keywords if keyword.arg == "scope"]
    if any(isinstance(scope, ast.Constant) and scope.value == "function" for scope in scopes):
        self.request.ended_early.update(sessions_held(value, state))
    # Who has put it into the application's state is out of sight: the annotation says what it is.
    return UNKNOWN if annotation is not None and is_kept_by_app(value) else value


def provide(self: Interpreter, provider: Value, node: ast.AST, state: State, *, cached: bool) -> Value:
    """Run the provider with its own dependencies."""
    request = self.request
    if request is None:
        return UNKNOWN
    key: object = provider
    if cached and key in request.given:
        return request.given[key]
    if key in request.running:
        return UNKNOWN
    request.running.add(key)
    try:
        with elsewhere(self):
            value = _run(self, provider, node, state)
    except PathEnds:
        # A placeholder that only raises: the application overrides it.
        value = UNKNOWN
    finally:
        request.running.discard(key)
    if cached:
        request.given[key] = value
    return value


def _run(self: Interpreter, provider: Value, node: ast.AST, state: State) -> Value:
    from asyncsa_lint.flow.calling.calls import call_function, generated
    from asyncsa_lint.flow.calling.construction import instantiate
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation
    from asyncsa_lint.flow.states.objects import ProjectObject
    from asyncsa_lint.flow.states.values import Pending

    if own_calls.meaning_of(self.context, provider) in own_calls.SESSIONS:
        return own_calls.provided(self, state)
    receiver: tuple[Value, ...] = ()
    if isinstance(provider, FunctionValue):
        function = provider.function
    elif isinstance(provider, BoundMethod):
        function, receiver = provider.function, (provider.receiver,)
    elif isinstance(provider, ClassValue):
        found = self.context.project.method(provider.cls, "__init__")
        if found is None:
            return instantiate(self, provider, Arguments(), node, state)
        keywords = _arguments(self, found, 1, state)
        return instantiate(self, provider, Arguments((), keywords), node, state)
    elif isinstance(provider, Ref) and isinstance(record := state.get(provider.id), ProjectObject):
        called = self.context.project.method(record.cls, "__call__")
        if called is None:
            return UNKNOWN
        function, receiver = called, (provider,)
    else:
        return UNKNOWN
    activation = Activation(self.context, function.module, function, depth=self.depth)
    activation.request = self.request
    arguments = Arguments(receiver, _arguments(activation, function, len(receiver), state))
    if self.context.kind_of(function) not in {"function", "coroutine"}:
        return generated(
            self, Pending(FunctionValue(function), arguments, "generator", node, self.module), state, node
        )
    return call_function(self, function, arguments, node, state)


def _arguments(
    self: Interpreter, function: FunctionInfo, skip: int, state: State
) -> tuple[tuple[str, Value], ...]:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    activation = Activation(self.context, function.module, function, depth=self.depth)
    activation.request = self.request
    given = []
    for parameter in function.facts.parameters[skip:]:
        if parameter.kind.startswith("var"):
            continue
        value = parameter_value(activation, function, parameter, state)
        if value is not UNKNOWN:
            given.append((parameter.name, value))
    return tuple(given)
