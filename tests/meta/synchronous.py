"""Turns an asynchronous program into the synchronous one it could have been."""

from __future__ import annotations

import ast
import re

from tests.meta.transformations import Program

_IMPORTS = {
    "create_async_engine": ("sqlalchemy", "create_engine"),
    "async_engine_from_config": ("sqlalchemy", "engine_from_config"),
    "AsyncEngine": ("sqlalchemy", "Engine"),
    "AsyncConnection": ("sqlalchemy", "Connection"),
    "AsyncSession": ("sqlalchemy.orm", "Session"),
    "AsyncSessionTransaction": ("sqlalchemy.orm", "SessionTransaction"),
    "AsyncTransaction": ("sqlalchemy", "Transaction"),
    "async_sessionmaker": ("sqlalchemy.orm", "sessionmaker"),
    "async_object_session": ("sqlalchemy.orm", "object_session"),
    "async_scoped_session": ("sqlalchemy.orm", "scoped_session"),
    "AsyncResult": ("sqlalchemy", "Result"),
    "AsyncScalarResult": ("sqlalchemy", "ScalarResult"),
    "AsyncAttrs": ("builtins", "object"),
}
_ASYNCPG = re.compile(r"^import asyncpg|^from asyncpg", re.MULTILINE)
_METHODS = {"stream": "execute", "stream_scalars": "scalars", "aclose": "close"}
_ABSTRACT = {
    "AsyncIterator": "Iterator",
    "AsyncIterable": "Iterable",
    "AsyncGenerator": "Generator",
    "asynccontextmanager": "contextmanager",
    "AsyncExitStack": "ExitStack",
    "enter_async_context": "enter_context",
    "push_async_callback": "callback",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
}


class _Synchronous(ast.NodeTransformer):
    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        plain = ast.FunctionDef(**dict(ast.iter_fields(node)))
        plain.name = _ABSTRACT.get(node.name, node.name)
        return self.generic_visit(ast.copy_location(plain, node))

    def visit_Await(self, node: ast.Await) -> ast.AST:
        return self.visit(node.value)  # type: ignore[no-any-return]  # visit is untyped

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        return self.generic_visit(ast.copy_location(ast.With(items=node.items, body=node.body), node))

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        plain = ast.For(target=node.target, iter=node.iter, body=node.body, orelse=node.orelse)
        return self.generic_visit(ast.copy_location(plain, node))

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.is_async = 0
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = _METHODS.get(node.attr) or _ABSTRACT.get(node.attr) or _name(node.attr)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = _ABSTRACT.get(node.id) or _name(node.id)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and node.value in _IMPORTS:
            node.value = _name(node.value)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        bases = [base for base in node.bases if not _is_async_attrs(base)]
        node.bases = bases
        return self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt]:
        if (node.module or "").startswith("sqlmodel.ext.asyncio"):
            return ast.parse("from sqlmodel import Session").body[0]
        plain = []
        for alias in node.names:
            module, name = _IMPORTS.get(alias.name, (node.module, _ABSTRACT.get(alias.name, alias.name)))
            if name != "object":
                asname = alias.asname if alias.name != name or alias.asname != name else None
                plain.append(ast.ImportFrom(module, [ast.alias(name, asname)], node.level))
        return list(plain)


def _name(name: str) -> str:
    return _IMPORTS[name][1] if name in _IMPORTS else name


def _is_async_attrs(base: ast.expr) -> bool:
    return (isinstance(base, ast.Name) and base.id == "AsyncAttrs") or (
        isinstance(base, ast.Attribute) and base.attr == "AsyncAttrs"
    )


def made_synchronous(program: Program) -> Program:
    """No coroutine, no asyncio extension: lazy loading is ordinary, there are no tasks.

    Modules that use asyncpg are left out, since it has no synchronous form.
    """
    result = {}
    for path, text in program.items():
        if _ASYNCPG.search(text):
            continue
        tree = _Synchronous().visit(ast.parse(text.replace("sqlalchemy.ext.asyncio.", "sqlalchemy.orm.")))
        result[path] = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    return result
