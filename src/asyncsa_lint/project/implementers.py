"""What a method call can mean at run time: stubs, overrides, and classes that stand behind a Protocol.

A class that is only declared (a Protocol, an abstract base) is never what an object is made
of: its subclasses are. Of several subclasses those count that the program itself makes use
of; a fake that only tests construct is not meant.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.facts.records import BindingKind
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo

_ABSTRACT = frozenset({"abstractmethod", "abstractproperty", "overload"})


class Implementers:
    """Answers for one project; `is_test` tells the files of the test suite."""

    def __init__(self, project: Project, is_test: Callable[[str], bool]) -> None:
        self._project = project
        self._is_test = is_test

    def is_stub(self, function: FunctionInfo) -> bool:
        """The body says nothing: `...`, `raise NotImplementedError`, or nothing under `@abstractmethod`."""
        return self._project.recorder.shared(("stub", function), lambda: self._says_nothing(function))

    def _says_nothing(self, function: FunctionInfo) -> bool:
        node = self._project.node(function)
        return node is not None and _says_nothing(node, self._in_protocol(function))

    def _in_protocol(self, function: FunctionInfo) -> bool:
        owner = self._project.owner(function)
        return owner is not None and any(
            isinstance(base, External) and base.name.rpartition(".")[2] == "Protocol"
            for base in self._project.bases(owner)
        )

    def is_declared_only(self, cls: ClassInfo) -> bool:
        """Some method of the class is a stub: objects are made of subclasses."""
        return any(self.is_stub(method) for method in self._methods(cls))

    def of(self, cls: ClassInfo) -> tuple[ClassInfo, ...]:
        """Subclasses that objects of the class can be made of, by file and line."""
        return self._project.recorder.shared(("implementers", cls), lambda: self._find(cls))

    def _find(self, cls: ClassInfo) -> tuple[ClassInfo, ...]:
        whole = [
            child
            for child in self._project.subclasses(cls)
            if not self._is_test(child.module.path) and not self.is_declared_only(child)
        ]
        if len(whole) > 1:
            whole = [child for child in whole if self._is_used(child)] or whole
        return tuple(whole)

    def _methods(self, cls: ClassInfo) -> list[FunctionInfo]:
        """All methods of the class, each as the class has it."""
        names = {
            binding.name
            for base in self._project.mro(cls)
            if isinstance(base, ClassInfo)
            for binding in base.facts.bindings
            if binding.kind is BindingKind.FUNCTION
        }
        found = [self._project.method(cls, name) for name in sorted(names)]
        return [method for method in found if method is not None]

    def _is_used(self, cls: ClassInfo) -> bool:
        """The program names the class other than in imports, annotations and lists of bases."""
        name = cls.facts.name
        argument = re.compile(rb"\b%b\s*[(),]" % name.encode())
        for path in self._project.mentioning((name.encode(),)):
            if self._is_test(path) or not self._project.trees.matches(path, argument):
                continue
            source = self._project.source(path)
            if source is not None and any(
                isinstance(value, ast.Name) and value.id == name
                for node in walk(source.tree)
                if isinstance(node, ast.Call)
                for value in (node.func, *node.args, *(keyword.value for keyword in node.keywords))
            ):
                return True
        return False


def _says_nothing(node: ast.FunctionDef | ast.AsyncFunctionDef, in_protocol: bool) -> bool:
    body = [
        statement
        for statement in node.body
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
    ]
    ellipsis = len(node.body) != len(body) and any(
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and statement.value.value is ...
        for statement in node.body
    )
    if len(body) == 1 and isinstance(body[0], ast.Raise):
        raised = body[0].exc.func if isinstance(body[0].exc, ast.Call) else body[0].exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    if any(not isinstance(statement, ast.Pass) for statement in body):
        return False
    return (
        ellipsis
        or in_protocol
        or any(_last_name(decorator) in _ABSTRACT for decorator in node.decorator_list)
    )


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
