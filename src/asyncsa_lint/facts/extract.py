"""One file becomes its facts: what other files may need to know of it.

Bodies of functions are looked at statement by statement only as far as needed to find
the functions and classes nested in them, their imports and their `global` names. What
the expressions of a body do is the interpreter's business, for the few files in which
it matters; looking at every expression of every file would double the time of a run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from asyncsa_lint.facts.bindings import Body, Definition, is_between
from asyncsa_lint.facts.expressions import expression
from asyncsa_lint.facts.nodes import children
from asyncsa_lint.facts.records import (
    Binding,
    ClassFacts,
    Expr,
    FunctionFacts,
    ModuleFacts,
    ParameterFacts,
    ParameterKind,
)
from asyncsa_lint.facts.usage import usage_of
from asyncsa_lint.source import SourceError, SourceFile

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPE_STATEMENTS = frozenset({*_FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Global})
_OVERLOADS = frozenset({"overload", "typing.overload", "typing_extensions.overload", "t.overload"})


def extract(source: SourceFile) -> ModuleFacts:
    """Facts of a file; raises SourceError when its nesting is absurd."""
    try:
        return _Extractor(source).module()
    except (RecursionError, MemoryError) as error:
        raise SourceError(source.path, 1, 0, "the code is nested too deeply") from error


@dataclass(slots=True)
class _Pending:
    """A definition whose body is still to be looked at."""

    node: Definition
    type_checking: bool
    prefix: str = ""
    owner: str = ""
    parent: str = ""


@dataclass(slots=True)
class _Extractor:
    source: SourceFile
    functions: dict[str, FunctionFacts] = field(default_factory=dict)
    classes: dict[str, ClassFacts] = field(default_factory=dict)
    global_names: set[str] = field(default_factory=set)
    local_imports: list[Binding] = field(default_factory=list)
    weak: set[str] = field(default_factory=set)
    """Qualnames known only from an overload or a TYPE_CHECKING block: the next one wins."""
    yield_lines: list[int] = field(default_factory=list)

    def module(self) -> ModuleFacts:
        source = self.source
        self.yield_lines = source.lines_with("yield")
        body = Body(source, "").walk(source.tree.body)
        stack = [_Pending(node, checking) for node, checking in reversed(body.definitions)]
        while stack:
            pending = stack.pop()
            is_class = isinstance(pending.node, ast.ClassDef)
            stack.extend(reversed(self._class(pending) if is_class else self._function(pending)))
        return ModuleFacts(
            source.path,
            tuple(body.bindings),
            tuple(body.star_imports),
            _exports(source.tree.body) if "__all__" in source.text else None,
            self.functions,
            self.classes,
            tuple(body.attribute_assignments),
            body.main_guard,
            frozenset(self.global_names),
            tuple(self.local_imports),
        )

    def _class(self, pending: _Pending) -> list[_Pending]:
        node = pending.node
        assert isinstance(node, ast.ClassDef)
        source, qualname = self.source, pending.prefix + node.name
        body = Body(source, qualname + ".").walk(node.body)
        if self._replaces(qualname, qualname in self.classes, pending.type_checking):
            self.classes[qualname] = ClassFacts(
                node.name,
                qualname,
                node.lineno,
                node.col_offset,
                node.end_lineno or node.lineno,
                tuple([expression(source, base) for base in node.bases]),
                tuple([(word.arg or "**", expression(source, word.value)) for word in node.keywords]),
                tuple([expression(source, decorator) for decorator in node.decorator_list]),
                tuple(body.bindings),
                pending.owner,
                pending.parent,
            )
        return [
            _Pending(inner, checking or pending.type_checking, qualname + ".", qualname, pending.parent)
            for inner, checking in body.definitions
        ]

    def _function(self, pending: _Pending) -> list[_Pending]:
        node = pending.node
        assert isinstance(node, _FUNCTIONS)
        source, qualname = self.source, pending.prefix + node.name
        decorators = tuple([expression(source, decorator) for decorator in node.decorator_list])
        known = qualname in self.functions
        names = [decorator.text for decorator in decorators]
        accessor = known and any(
            name.startswith(node.name + ".") and name != node.name + ".getter" for name in names
        )
        weak = pending.type_checking or not _OVERLOADS.isdisjoint(names)
        if not accessor and self._replaces(qualname, known, weak):
            self.functions[qualname] = FunctionFacts(
                node.name,
                qualname,
                node.lineno,
                node.col_offset,
                node.end_lineno or node.lineno,
                type(node) is ast.AsyncFunctionDef,
                is_between(self.yield_lines, node) and _is_generator(node),
                self._parameters(node.args),
                expression(source, node.returns) if node.returns is not None else None,
                decorators,
                pending.owner,
                pending.parent,
                *(_usage(node) if pending.parent else ()),
            )
        inner = self._nested(node)
        return [_Pending(child, pending.type_checking, qualname + ".", "", qualname) for child in inner]

    def _replaces(self, qualname: str, known: bool, weak: bool) -> bool:
        """Whether a definition takes the place of the one known: the last one that runs does."""
        replaces = not known or not weak or qualname in self.weak
        if weak and not known:
            self.weak.add(qualname)
        elif not weak:
            self.weak.discard(qualname)
        return replaces

    def _nested(self, node: _Function) -> list[Definition]:
        """Definitions in a function body, collecting imports and globals on the way."""
        found: list[Definition] = []
        declared: set[str] = set()
        for statement in iter_statements(node.body):
            if type(statement) not in _SCOPE_STATEMENTS:
                continue
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                self.local_imports.extend(Body(self.source, "").walk([statement]).bindings)
            elif isinstance(statement, ast.Global):
                declared.update(statement.names)
            elif isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
                found.append(statement)
        if declared:
            self.global_names |= declared & _stored(node)
        return found

    def _parameters(self, args: ast.arguments) -> tuple[ParameterFacts, ...]:
        positional = [*args.posonlyargs, *args.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(args.defaults))
        defaults.extend(args.defaults)
        only = len(args.posonlyargs)
        found = [
            self._parameter(
                arg, ParameterKind.POSITIONAL_ONLY if index < only else ParameterKind.POSITIONAL, default
            )
            for index, (arg, default) in enumerate(zip(positional, defaults, strict=True))
        ]
        if args.vararg is not None:
            found.append(self._parameter(args.vararg, ParameterKind.VAR_POSITIONAL, None))
        for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            found.append(self._parameter(arg, ParameterKind.KEYWORD_ONLY, default))
        if args.kwarg is not None:
            found.append(self._parameter(args.kwarg, ParameterKind.VAR_KEYWORD, None))
        return tuple(found)

    def _parameter(self, arg: ast.arg, kind: ParameterKind, default: ast.expr | None) -> ParameterFacts:
        source = self.source
        annotation: Expr | None = None if arg.annotation is None else expression(source, arg.annotation)
        value = None if default is None else expression(source, default)
        return ParameterFacts(arg.arg, kind, annotation, value, arg.lineno, arg.col_offset)


def iter_statements(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Statements in order, handlers and cases too; nested functions and classes not entered."""
    stack: list[ast.AST] = list(body[::-1])
    while stack:
        node = stack.pop()
        yield node
        blocks = _BLOCKS.get(type(node))
        if blocks is not None:
            for name in blocks:
                block = getattr(node, name)
                if block:
                    stack.extend(block[::-1])


_BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.If: ("orelse", "body"),
    ast.For: ("orelse", "body"),
    ast.AsyncFor: ("orelse", "body"),
    ast.While: ("orelse", "body"),
    ast.With: ("body",),
    ast.AsyncWith: ("body",),
    ast.Try: ("finalbody", "orelse", "handlers", "body"),
    ast.TryStar: ("finalbody", "orelse", "handlers", "body"),
    ast.ExceptHandler: ("body",),
    ast.Match: ("cases",),
    ast.match_case: ("body",),
}
"""Blocks of a statement, the last one first."""


def _usage(node: _Function) -> tuple[frozenset[str], frozenset[str]]:
    usage = usage_of(node)
    return usage.calls, usage.names


def _is_generator(node: _Function) -> bool:
    """Whether a `yield` belongs to this function and not to one nested in it."""
    stack: list[ast.AST] = list(node.body)
    while stack:
        child = stack.pop()
        if isinstance(child, (ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(child, _FUNCTIONS):
            stack.extend([*child.decorator_list, child.args])
        elif not isinstance(child, (ast.Lambda, ast.ClassDef)):
            stack.extend(children(child))
    return False


def _stored(node: _Function) -> set[str]:
    """Names that the statements of a function bind, wherever their scope is."""
    names: set[str] = set()
    stack: list[ast.AST] = list(node.body)
    while stack:
        child = stack.pop()
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            names.add(child.id)
        elif isinstance(child, ast.alias):
            names.add(child.asname or child.name.partition(".")[0])
        elif isinstance(child, (*_FUNCTIONS, ast.ClassDef)):
            names.add(child.name)
            continue
        stack.extend(children(child))
    return names


def _exports(body: Sequence[ast.stmt]) -> tuple[str, ...] | None:
    """Names in `__all__` when every statement about it is a literal."""
    names: list[str] | None = None
    for node in iter_statements(body):
        added = _added_exports(node)
        if added is None:
            continue
        replaces, value = added
        literal = _strings(value)
        if literal is None or (names is None and not replaces):
            return None
        names = literal if replaces or names is None else [*names, *literal]
    return None if names is None else tuple(names)


def _added_exports(node: ast.AST) -> tuple[bool, ast.expr] | None:
    """(replaces the list, value) for a statement that sets or extends `__all__`."""
    if isinstance(node, ast.Assign) and any(_is_all(target) for target in node.targets):
        return True, node.value
    if isinstance(node, ast.AnnAssign) and _is_all(node.target) and node.value is not None:
        return True, node.value
    if isinstance(node, ast.AugAssign) and _is_all(node.target):
        return False, node.value
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if isinstance(call.func, ast.Attribute) and _is_all(call.func.value) and len(call.args) == 1:
            if call.func.attr == "append":
                return False, ast.List([call.args[0]], ast.Load())
            return False, call.args[0]
    return None


def _is_all(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "__all__"


def _strings(node: ast.expr) -> list[str] | None:
    if not isinstance(node, (ast.List, ast.Tuple)):
        return None
    values = [item.value for item in node.elts if isinstance(item, ast.Constant)]
    found = [value for value in values if isinstance(value, str)]
    return found if len(found) == len(node.elts) else None
