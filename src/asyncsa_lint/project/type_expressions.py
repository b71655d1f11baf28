"""Which class an annotation names: `Annotated["Repo | None", Depends(get)]` is `Repo`."""

from __future__ import annotations

import ast

from asyncsa_lint.facts.expressions import parse, parse_annotation
from asyncsa_lint.facts.records import BindingKind
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, External, ValueInfo

Kind = ClassInfo | External
"""A class of the project or of a library."""

_TYPING = frozenset({"typing", "typing_extensions", "collections.abc", "contextlib", "types"})
_TRANSPARENT = frozenset({"Annotated", "Optional", "ClassVar", "Final", "Required", "NotRequired"})
YIELDED = frozenset({"AsyncIterator", "AsyncGenerator", "Iterator", "Generator", "AsyncIterable", "Iterable"})
MANAGED = frozenset(
    {"AsyncContextManager", "AbstractAsyncContextManager", "ContextManager", "AbstractContextManager"}
)
_AWAITED = frozenset({"Awaitable", "Coroutine"})
_NEVER = frozenset({"Any", "object", "None"})
SELF = frozenset({"typing.Self", "typing_extensions.Self"})
_MAX_DEPTH = 20


def head_name(project: Project, scope: Scope, node: ast.expr) -> str:
    """Last name of what a subscript is of, as its library calls it; empty for the project's own classes."""
    symbol = project.resolve_expr(scope, node)
    return symbol.name.rsplit(".", 1)[-1] if isinstance(symbol, External) else ""


def supertype(project: Project, scope: Scope, node: ast.Call) -> ast.expr | None:
    """`Base` of `NewType("Name", Base)`, whose values its own are at run time; None for other calls."""
    return node.args[1] if len(node.args) == 2 and head_name(project, scope, node.func) == "NewType" else None


def annotated_class(
    project: Project, scope: Scope, node: ast.expr, wrappers: frozenset[str] = frozenset(), depth: int = 0
) -> Kind | None:
    """The class of values that an annotation describes; None for unions of several.

    `wrappers` are generic types of which the first argument is meant, such as the
    iterator that a generator function is annotated with; without one there is no answer.
    """
    if depth > _MAX_DEPTH:
        return None
    if isinstance(node, ast.Constant):
        inner = parse_annotation(node.value) if isinstance(node.value, str) else None
        return annotated_class(project, scope, inner, wrappers, depth + 1) if inner is not None else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union(project, scope, [node.left, node.right], wrappers, depth)
    if isinstance(node, ast.Subscript):
        return _generic(project, scope, node, wrappers, depth)
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    found = project.resolve_expr(scope, node)
    if isinstance(found, ValueInfo):
        return _alias(project, found, wrappers, depth)
    if wrappers or not isinstance(found, ClassInfo | External):
        return None
    return None if isinstance(found, External) and found.name.rpartition(".")[2] in _NEVER else found


def _union(
    project: Project, scope: Scope, members: list[ast.expr], wrappers: frozenset[str], depth: int
) -> Kind | None:
    types = [each for each in members if not (isinstance(each, ast.Constant) and each.value is None)]
    return annotated_class(project, scope, types[0], wrappers, depth + 1) if len(types) == 1 else None


def _generic(
    project: Project, scope: Scope, node: ast.Subscript, wrappers: frozenset[str], depth: int
) -> Kind | None:
    head = project.resolve_expr(scope, node.value)
    arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if isinstance(head, ValueInfo):
        return _alias(project, head, wrappers, depth)
    if isinstance(head, External) and arguments:
        module, _, word = head.name.rpartition(".")
        if module in _TYPING and word in wrappers:
            return annotated_class(project, scope, arguments[0], frozenset(), depth + 1)
        if module in _TYPING and word == "Union":
            return _union(project, scope, arguments, wrappers, depth)
        if module in _TYPING and word in _TRANSPARENT:
            return annotated_class(project, scope, arguments[0], wrappers, depth + 1)
        if module in _TYPING and word in _AWAITED:
            return annotated_class(project, scope, arguments[-1], wrappers, depth + 1)
        if word in {"type", "Type", "Callable"}:
            return None
    return head if not wrappers and isinstance(head, ClassInfo | External) else None


def _alias(project: Project, value: ValueInfo, wrappers: frozenset[str], depth: int) -> Kind | None:
    """A name bound to a type: `SessionDep = Annotated[AsyncSession, Depends(get_session)]`."""
    for binding in reversed(value.bindings):
        if binding.kind is BindingKind.ASSIGN and binding.value is not None and binding.index is None:
            node: ast.expr | None = parse(binding.value)
            if isinstance(node, ast.Call):
                node = supertype(project, value.owner or value.module, node)
            if isinstance(node, ast.Subscript | ast.BinOp | ast.Name | ast.Attribute):
                return annotated_class(project, value.owner or value.module, node, wrappers, depth + 1)
            return None
    return None
