"""Whether the address of an engine is that of the process, or a new one each time.

    async def ready(settings: Annotated[Settings, Depends(get_settings)]) -> bool:
        engine = create_async_engine(settings.url)       # the same for every request

    async def try_out(source: SourceIn) -> bool:
        engine = create_async_engine(source.url)         # whatever the client sends

Follows the names of an expression to what callers, dependencies and constructors give.
What a client sends, and what nobody in sight gives, counts as new.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.facts.nodes import children, walk
from asyncsa_lint.facts.records import ParameterFacts
from asyncsa_lint.flow.lifecycle.scene import Scene
from asyncsa_lint.knowledge.frameworks import REQUEST_CLASSES
from asyncsa_lint.project.call_arguments import argument_of
from asyncsa_lint.project.local_names import iter_own
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, Symbol, ValueInfo

_DEPTH = 6


class Addresses:
    """Origins of addresses in one project."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._inference = scene.inference

    def is_given(self, scope: Scope, node: ast.expr, depth: int = _DEPTH) -> bool:
        """Whether an expression is made of something that is new in each run."""
        if depth == 0:
            return True
        return any(self._is_name_given(scope, name, attribute, depth) for name, attribute in _names(node))

    def _is_name_given(self, scope: Scope, name: str, attribute: str, depth: int) -> bool:
        """A name, and the first attribute that is read from it."""
        owner = self._inference.local_scope(scope, name)
        if owner is None:
            return False
        values = self._inference.locals(owner).values(name)
        if values:
            return any(self.is_given(owner, value, depth - 1) for value in values)
        cls = self._inference.receiver(owner, name)
        if cls is not None:
            return self._is_attribute_given(cls, attribute, depth)
        parameter = self._inference.parameter(owner, name)
        return parameter is not None and self._is_parameter_given(owner, parameter, attribute, depth)

    def _is_attribute_given(self, cls: ClassInfo, name: str, depth: int) -> bool:
        """`self.name`: what the constructor got, which the methods use again and again."""
        return any(
            value is not None and self._has_callers(function) and self.is_given(function, value, depth - 1)
            for function, _, value in self._inference.assignments.of(cls, name)
        )

    def _has_callers(self, function: FunctionInfo) -> bool:
        return bool(self._scene.graph.callers(function)) or bool(self._scene.graph.module_calls(function))

    def _is_parameter_given(
        self, function: FunctionInfo, parameter: ParameterFacts, attribute: str, depth: int
    ) -> bool:
        provider = self.provider(function, parameter)
        if provider is not None:
            return self._is_provided_new(provider, depth)
        kind = self._inference.parameter_instance(function, parameter)
        if isinstance(kind, External) and kind.name in REQUEST_CLASSES:
            return attribute != "app"
        if self._scene.roles.request_role(function) is not None:
            return True
        arguments = list(self._arguments(function, parameter))
        return not arguments or any(self.is_given(scope, each, depth - 1) for scope, each in arguments)

    def _is_provided_new(self, provider: Symbol, depth: int) -> bool:
        """Whether a dependency makes what it gives of something that the request brings."""
        if isinstance(provider, ClassInfo):
            made = self._scene.project.method(provider, "__init__")
            parameters = made.facts.parameters[1:] if made is not None else ()
            return made is not None and any(
                self._is_parameter_given(made, each, "", depth - 1) for each in parameters
            )
        if not isinstance(provider, FunctionInfo):
            return True
        return any(self.is_given(provider, each, depth - 1) for each in self.results(provider))

    def results(self, function: FunctionInfo) -> Iterator[ast.expr]:
        """What a function returns or yields."""
        node = self._scene.project.node(function)
        for each in iter_own(node) if node is not None else ():
            if isinstance(each, ast.Return | ast.Yield) and each.value is not None:
                yield each.value

    def provider(self, function: FunctionInfo, parameter: ParameterFacts) -> Symbol | None:
        """The function or class whose result FastAPI puts in for a parameter."""
        scope: Scope = self._scene.project.enclosing(function)
        for expr in (parameter.default, parameter.annotation):
            node = parse(expr) if expr is not None else None
            if isinstance(node, ast.Name | ast.Attribute):
                alias = self._inference.symbol(scope, node)
                if isinstance(alias, ValueInfo):
                    scope, node = alias.module, self._inference.bound_value(alias)
            for each in walk(node) if node is not None else ():
                found = self._inference.dependency(scope, each) if isinstance(each, ast.Call) else None
                if found is not None:
                    return found
        return None

    def _arguments(
        self, function: FunctionInfo, parameter: ParameterFacts
    ) -> Iterator[tuple[Scope, ast.expr]]:
        """What the callers give for a parameter; its default where they give nothing."""
        sites: list[tuple[Scope, ast.expr]] = [
            (site.caller, site.node) for site in self._scene.graph.callers(function)
        ]
        for scope, node in [*sites, *self._scene.graph.module_calls(function)]:
            if not isinstance(node, ast.Call):
                continue
            given = argument_of(self._inference, scope, node, function, parameter.name)
            if given is not None:
                yield scope, given
            elif parameter.default is not None:
                yield self._scene.project.enclosing(function), parse(parameter.default)


def _names(node: ast.expr) -> Iterator[tuple[str, str]]:
    """Names in an expression, each with the attribute read from it, or an empty one."""
    stack: list[tuple[ast.AST, str]] = [(node, "")]
    while stack:
        current, attribute = stack.pop()
        if isinstance(current, ast.Name):
            yield current.id, attribute
        else:
            read = current.attr if isinstance(current, ast.Attribute) else ""
            stack += [(each, read) for each in children(current)]
