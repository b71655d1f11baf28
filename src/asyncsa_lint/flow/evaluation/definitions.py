"""`def`, `class` and `import` inside a function body."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN, ClassValue, FunctionValue, Value

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.symbols import FunctionInfo


def qualified_in(self: Interpreter, name: str) -> str:
    return f"{self.symbol}.{name}" if self.symbol else name


def define_function(self: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef, state: State) -> None:
    """Bind the function with the values of its free names at this moment."""
    if self.function is None:
        return
    info = self.context.project.function(self.module, qualified_in(self, node.name))
    if info is None:
        state.set(node.name, UNKNOWN)
        return
    for decorator in node.decorator_list:
        self.eval(decorator, state)
    state.set(node.name, FunctionValue(info, captured(self, info, state)))


def captured(self: Interpreter, function: FunctionInfo, state: State) -> tuple[tuple[str, Value], ...]:
    """Values of the names that the function uses and the enclosing one has bound."""
    names = self.context.project.names(function)
    return state.captured(names - self.context.locals_of(function))


def define_class(self: Interpreter, node: ast.ClassDef, state: State) -> None:
    if self.function is None:
        return
    found = self.context.project.resolve_in(self.function, node.name)
    from asyncsa_lint.project.symbols import ClassInfo

    state.set(node.name, ClassValue(found) if isinstance(found, ClassInfo) else UNKNOWN)


def define_import(self: Interpreter, node: ast.Import | ast.ImportFrom, state: State) -> None:
    """Function-local imports; those of a module are resolved by the project."""
    if self.function is None:
        return
    for alias in node.names:
        name = alias.asname or alias.name.split(".")[0]
        found = self.context.project.resolve_in(self.function, name)
        state.set(name, self.context.value_of_symbol(found) if found is not None else UNKNOWN)
