"""How the names of one body (module, class or function) get their values.

A body is walked statement by statement, in order, through `if`, `try`, `with`, loops and
`match`, but not into nested functions and classes: these are one binding each, and are
handed back as `definitions`. Every binding of a name is kept, since which one counts is
a question about other files (an import that fails, a name that does not exist there).
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from asyncsa_lint.facts.expressions import dotted_name, expression, is_short
from asyncsa_lint.facts.nodes import children
from asyncsa_lint.facts.records import Binding, BindingKind, Expr
from asyncsa_lint.source import SourceText

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Blocks = Sequence[tuple[Sequence[ast.stmt], "_Context"]]


@dataclass(frozen=True, slots=True)
class _Context:
    """Under which conditions a block runs."""

    type_checking: bool = False
    fallback: bool = False


_PLAIN = _Context()
_TYPE_CHECKING = _Context(type_checking=True)
_FALLBACK = _Context(fallback=True)


@dataclass(slots=True, eq=False)
class Body:
    """What one body binds; `prefix` is the qualname of its owner with a dot, or empty."""

    source: SourceText
    prefix: str
    bindings: list[Binding] = field(default_factory=list)
    definitions: list[tuple[Definition, bool]] = field(default_factory=list)
    """Functions and classes directly in the body, and whether only type checkers see them."""
    star_imports: list[tuple[str, int]] = field(default_factory=list)
    attribute_assignments: list[tuple[str, str, Expr]] = field(default_factory=list)
    main_guard: tuple[int, int] | None = None
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)

    def walk(self, statements: Sequence[ast.stmt]) -> Body:
        """Collect from all statements, in the order of the text."""
        walrus = self.source.lines_with(":=")
        stack: list[tuple[Iterator[ast.stmt], _Context]] = [(iter(statements), _PLAIN)]
        while stack:
            iterator, context = stack[-1]
            for node in iterator:
                if walrus and is_between(walrus, node):
                    self._walrus(node, context)
                handler = _HANDLERS.get(type(node))
                blocks = handler(self, node, context) if handler is not None else None
                if blocks:
                    stack.extend((iter(block), inner) for block, inner in reversed(blocks))
                    break
            else:
                stack.pop()
        return self

    def _add(
        self,
        name: str,
        kind: BindingKind,
        place: ast.expr | ast.stmt | ast.pattern | ast.alias | ast.excepthandler,
        context: _Context,
        value: Expr | None = None,
        annotation: Expr | None = None,
        index: int | None = None,
        target: str = "",
    ) -> None:
        self.bindings.append(
            Binding(
                name,
                kind,
                place.lineno,
                place.col_offset,
                value,
                annotation,
                index,
                "",
                0,
                "",
                target,
                context.type_checking,
                context.fallback,
            )
        )

    def _add_import(
        self, alias: ast.alias, name: str, module: str, level: int, imported: str, context: _Context
    ) -> None:
        self.bindings.append(
            Binding(
                name,
                BindingKind.IMPORT,
                alias.lineno,
                alias.col_offset,
                module=module,
                level=level,
                imported=imported,
                type_checking=context.type_checking,
                fallback=context.fallback,
            )
        )

    # assignments

    def _bind(self, target: ast.expr, value: ast.expr | None, context: _Context) -> None:
        """Bind a target; without a value its names are not followed."""
        kind = type(target)
        if kind is ast.Name:
            if value is None or not is_short(self.source, value):
                self._add(target.id, BindingKind.OTHER, target, context)  # type: ignore[attr-defined]  # a Name
            else:
                kept = expression(self.source, value)
                self._add(target.id, BindingKind.ASSIGN, target, context, kept)  # type: ignore[attr-defined]  # a Name
        elif isinstance(target, ast.Attribute):
            owner = dotted_name(target.value)
            if owner and value is not None and is_short(self.source, value):
                self.attribute_assignments.append((owner, target.attr, expression(self.source, value)))
        elif isinstance(target, ast.Starred):
            self._bind(target.value, None, context)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target, value, context)

    def _unpack(self, target: ast.Tuple | ast.List, value: ast.expr | None, context: _Context) -> None:
        """`a, b = x, y` binds element by element; `a, b = f()` binds by index."""
        elements = value.elts if isinstance(value, (ast.Tuple, ast.List)) else None
        if elements is not None and any(isinstance(element, ast.Starred) for element in elements):
            value = elements = None
        starred = [isinstance(element, ast.Starred) for element in target.elts]
        if elements is not None:
            first = starred.index(True) if True in starred else len(elements)
            for position, item in enumerate(target.elts):
                known = position < first and position < len(elements)
                self._bind(item, elements[position] if known else None, context)
            return
        for position, item in enumerate(target.elts):
            if value is None or not isinstance(item, ast.Name) or True in starred[: position + 1]:
                self._bind(item, None, context)
            elif is_short(self.source, value):
                kept = expression(self.source, value)
                self._add(item.id, BindingKind.ASSIGN, item, context, kept, index=position)
            else:
                self._bind(item, None, context)

    def _assign(self, node: ast.Assign, context: _Context) -> None:
        for target in node.targets:
            self._bind(target, node.value, context)

    def _annotated(self, node: ast.AnnAssign, context: _Context) -> None:
        target = node.target
        if not isinstance(target, ast.Name):
            self._bind(target, node.value, context)
            return
        annotation = expression(self.source, node.annotation)
        if node.value is None:
            self._add(target.id, BindingKind.ANNOTATION, target, context, annotation=annotation)
        elif is_short(self.source, node.value):
            value = expression(self.source, node.value)
            self._add(target.id, BindingKind.ASSIGN, target, context, value, annotation)
        else:
            self._add(target.id, BindingKind.OTHER, target, context, annotation=annotation)

    def _augmented(self, node: ast.AugAssign, context: _Context) -> None:
        self._bind(node.target, None, context)

    def _delete(self, node: ast.Delete, context: _Context) -> None:
        for target in node.targets:
            self._bind(target, None, context)

    def _type_alias(self, node: Any, context: _Context) -> None:
        """`type X = ...` (PEP 695; the node class exists from Python 3.12 on)."""
        self._add(node.name.id, BindingKind.ASSIGN, node.name, context, expression(self.source, node.value))

    def _walrus(self, statement: ast.stmt, context: _Context) -> None:
        """`name := value` in the expressions of a statement, those of nested scopes left out."""
        stack: list[ast.AST] = _expressions(statement)
        while stack:
            node = stack.pop()
            if isinstance(node, ast.NamedExpr):
                self._bind(node.target, node.value, context)
            if not isinstance(node, ast.Lambda):
                stack.extend(reversed(children(node)))

    # definitions and imports

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, context: _Context) -> None:
        self._add(node.name, BindingKind.FUNCTION, node, context, target=self.prefix + node.name)
        self.definitions.append((node, context.type_checking))

    def _class(self, node: ast.ClassDef, context: _Context) -> None:
        self._add(node.name, BindingKind.CLASS, node, context, target=self.prefix + node.name)
        self.definitions.append((node, context.type_checking))

    def _import(self, node: ast.Import, context: _Context) -> None:
        for alias in node.names:
            top, _, rest = alias.name.partition(".")
            if alias.asname == top and rest:
                # `import a.b as a` binds what `from a import b as a` binds; `module` with an
                # empty `imported` under the name of its first part means `import a.b`.
                package, _, last = alias.name.rpartition(".")
                self._add_import(alias, top, package, 0, last, context)
            else:
                self._add_import(alias, alias.asname or top, alias.name, 0, "", context)

    def _import_from(self, node: ast.ImportFrom, context: _Context) -> None:
        module, level = node.module or "", node.level
        for alias in node.names:
            if alias.name == "*":
                self.star_imports.append((module, level))
            else:
                self._add_import(alias, alias.asname or alias.name, module, level, alias.name, context)

    def _global(self, node: ast.Global, context: _Context) -> None:
        self.global_names.update(node.names)

    def _nonlocal(self, node: ast.Nonlocal, context: _Context) -> None:
        self.nonlocal_names.update(node.names)

    # compound statements

    def _for(self, node: ast.For | ast.AsyncFor, context: _Context) -> _Blocks:
        self._bind(node.target, None, context)
        return ((node.body, context), (node.orelse, context))

    def _while(self, node: ast.While, context: _Context) -> _Blocks:
        return ((node.body, context), (node.orelse, context))

    def _if(self, node: ast.If, context: _Context) -> _Blocks:
        test = node.test
        if _is_type_checking(test):
            return ((node.body, _TYPE_CHECKING), (node.orelse, context))
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and _is_type_checking(test.operand):
            return ((node.body, context), (node.orelse, _TYPE_CHECKING))
        if self.main_guard is None and _is_main_guard(test):
            last = node.body[-1]
            self.main_guard = (node.lineno, last.end_lineno or last.lineno)
        return ((node.body, context), (node.orelse, context))

    def _with(self, node: ast.With | ast.AsyncWith, context: _Context) -> _Blocks:
        for item in node.items:
            if item.optional_vars is not None:
                self._bind(item.optional_vars, None, context)
        return ((node.body, context),)

    def _try(self, node: ast.Try, context: _Context) -> _Blocks:
        blocks: list[tuple[Sequence[ast.stmt], _Context]] = [(node.body, context)]
        for handler in node.handlers:
            if handler.name:
                self._add(handler.name, BindingKind.OTHER, handler, context)
            blocks.append((handler.body, context if context.type_checking else _FALLBACK))
        return (*blocks, (node.orelse, context), (node.finalbody, context))

    def _match(self, node: ast.Match, context: _Context) -> _Blocks:
        blocks: list[tuple[Sequence[ast.stmt], _Context]] = []
        for case in node.cases:
            stack: list[ast.AST] = [case.pattern]
            while stack:
                pattern = stack.pop()
                if isinstance(pattern, (ast.MatchAs, ast.MatchStar)) and pattern.name:
                    self._add(pattern.name, BindingKind.OTHER, pattern, context)
                elif isinstance(pattern, ast.MatchMapping) and pattern.rest:
                    self._add(pattern.rest, BindingKind.OTHER, pattern, context)
                inner = children(pattern)
                stack.extend(child for child in inner if isinstance(child, ast.pattern))
            blocks.append((case.body, context))
        return blocks


def is_between(lines: list[int], node: ast.stmt) -> bool:
    """Whether one of the lines belongs to the statement."""
    position = bisect_left(lines, node.lineno)
    return position < len(lines) and lines[position] <= (node.end_lineno or node.lineno)


def _is_type_checking(test: ast.expr) -> bool:
    if isinstance(test, ast.Name):
        return test.id == "TYPE_CHECKING"
    return isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"


def _is_main_guard(test: ast.expr) -> bool:
    """`__name__ == "__main__"`, either way round."""
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq) or len(test.ops) != 1:
        return False
    sides = (test.left, test.comparators[0])
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides) and any(
        isinstance(side, ast.Constant) and side.value == "__main__" for side in sides
    )


def _expressions(statement: ast.stmt) -> list[ast.AST]:
    """Expressions evaluated in the scope of the statement, without those of nested bodies."""
    found: list[ast.AST] = []
    for child in children(statement):
        if isinstance(child, (ast.expr, ast.withitem, ast.keyword)):
            found.append(child)
        elif isinstance(child, ast.arguments):
            found.extend([*child.defaults, *filter(None, child.kw_defaults)])
        elif isinstance(child, ast.match_case) and child.guard is not None:
            found.append(child.guard)
    return found[::-1]


_HANDLERS: dict[type[ast.stmt], Callable[[Body, Any, _Context], _Blocks | None]] = {
    ast.Assign: Body._assign,
    ast.AnnAssign: Body._annotated,
    ast.AugAssign: Body._augmented,
    ast.Delete: Body._delete,
    ast.FunctionDef: Body._function,
    ast.AsyncFunctionDef: Body._function,
    ast.ClassDef: Body._class,
    ast.Import: Body._import,
    ast.ImportFrom: Body._import_from,
    ast.Global: Body._global,
    ast.Nonlocal: Body._nonlocal,
    ast.For: Body._for,
    ast.AsyncFor: Body._for,
    ast.While: Body._while,
    ast.If: Body._if,
    ast.With: Body._with,
    ast.AsyncWith: Body._with,
    ast.Try: Body._try,
    ast.TryStar: Body._try,
    ast.Match: Body._match,
    **({ast.TypeAlias: Body._type_alias} if hasattr(ast, "TypeAlias") else {}),
}


@dataclass(frozen=True, slots=True)
class LocalScope:
    """Names that belong to one function, and those it takes from further out."""

    bindings: dict[str, tuple[Binding, ...]]
    global_names: frozenset[str]
    nonlocal_names: frozenset[str]


def local_scope(
    source: SourceText, node: ast.FunctionDef | ast.AsyncFunctionDef, qualname: str
) -> LocalScope:
    """The scope of a function; parameters are bindings that are not followed."""
    body = Body(source, qualname + ".")
    args = node.args
    for arg in filter(None, [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg]):
        body.bindings.append(Binding(arg.arg, BindingKind.OTHER, arg.lineno, arg.col_offset))
    body.walk(node.body)
    by_name = group_by_name(body.bindings)
    outer = frozenset(body.global_names), frozenset(body.nonlocal_names)
    for name in outer[0] | outer[1]:
        by_name.pop(name, None)
    return LocalScope(by_name, *outer)


def group_by_name(bindings: Sequence[Binding]) -> dict[str, tuple[Binding, ...]]:
    """Bindings of each name, in order."""
    grouped: dict[str, tuple[Binding, ...]] = {}
    for binding in bindings:
        grouped[binding.name] = (*grouped.get(binding.name, ()), binding)
    return grouped
