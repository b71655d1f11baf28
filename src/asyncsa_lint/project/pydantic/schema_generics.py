"""Type parameters of generic schemas, and what subclasses put in their place.

    class Page(BaseModel, Generic[T]):
        items: list[T]

    class UserPage(Page[UserOut]): ...

`arguments(UserPage)[Page]` says that `T` is `UserOut`, to be resolved in `UserPage`'s file.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.facts.records import Expr
from asyncsa_lint.knowledge.schemas import schema_row
from asyncsa_lint.project.mapping.declarations import Located
from asyncsa_lint.project.mapping.evaluator import Evaluator
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.recording import Tracked
from asyncsa_lint.project.symbols import ClassInfo, External, ModuleInfo

_TYPING = ("typing", "typing_extensions")
_GENERIC = frozenset(f"{module}.{name}" for module in _TYPING for name in ("Generic", "Protocol"))
_VARIABLE = frozenset(f"{module}.TypeVar" for module in _TYPING)


@dataclass(frozen=True, slots=True, eq=False)
class TypeArgument:
    """A type variable and the type given for it."""

    parameter: str
    value: Expr
    module: ModuleInfo
    """Where the value is to be resolved."""


class SchemaGenerics:
    """Type parameters and arguments of classes."""

    def __init__(self, project: Project, evaluator: Evaluator) -> None:
        self._project = project
        self._evaluator = evaluator
        self._parameters: Tracked[ClassInfo, tuple[str, ...]] = Tracked(project.recorder)

    def parameters(self, cls: ClassInfo) -> tuple[str, ...]:
        """Names of the type parameters, in the order in which arguments are given."""
        return self._parameters.get(cls, lambda: self._find_parameters(cls))

    def _find_parameters(self, cls: ClassInfo) -> tuple[str, ...]:
        node = self._project.class_node(cls)
        declared = getattr(node, "type_params", None)  # PEP 695, from Python 3.12 on
        if declared:
            return tuple(parameter.name for parameter in declared)
        names: dict[str, None] = {}
        for symbol, arguments in self._project.base_arguments(cls):
            found = [name for argument in arguments for name in self._variables(cls, argument)]
            if isinstance(symbol, External) and symbol.name in _GENERIC and found:
                return tuple(dict.fromkeys(found))
            names.update(dict.fromkeys(found))
        return tuple(names)

    def _variables(self, cls: ClassInfo, node: ast.expr) -> list[str]:
        """Type variables in an expression, in order."""
        found = []
        for part in walk(node):
            if isinstance(part, ast.Name) and self._is_variable(Located(part, self._project.enclosing(cls))):
                found.append((part.lineno, part.col_offset, part.id))
        return [name for _, _, name in sorted(found)]

    def _is_variable(self, place: Located) -> bool:
        if isinstance(self._evaluator.symbol(place), External):
            return False
        call = self._evaluator.declaration(place)
        return call is not None and call.name in _VARIABLE

    def arguments(self, cls: ClassInfo) -> dict[ClassInfo, tuple[TypeArgument, ...]]:
        """For each ancestor, what its type parameters are in `cls`."""
        found: dict[ClassInfo, tuple[TypeArgument, ...]] = {cls: ()}
        pending = [cls]
        while pending:
            current = pending.pop(0)
            for symbol, nodes in self._project.base_arguments(current):
                if isinstance(symbol, ClassInfo) and symbol not in found:
                    given = zip(self.parameters(symbol), nodes, strict=False)
                    own = tuple(TypeArgument(name, _expr(node), current.module) for name, node in given)
                    found[symbol] = own + found[current]
                    pending.append(symbol)
        return found

    def root(self, cls: ClassInfo) -> tuple[ClassInfo, Expr] | None:
        """The type that a `RootModel[...]` wraps, and the class that says so."""
        for entry in self._project.mro(cls):
            for symbol, nodes in self._project.base_arguments(entry) if isinstance(entry, ClassInfo) else ():
                row = schema_row(symbol.name) if isinstance(symbol, External) else None
                if row is not None and row.root and len(nodes) == 1 and isinstance(entry, ClassInfo):
                    return entry, _expr(nodes[0])
        return None


def _expr(node: ast.expr) -> Expr:
    return Expr(ast.unparse(node), node.lineno, node.col_offset)
