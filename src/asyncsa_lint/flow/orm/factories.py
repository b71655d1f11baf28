"""Session factories, the sessions they open, and what a project's factories agree on."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import dotted_name
from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import RETURNED, Instance, Phase, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    Arguments,
    ClassValue,
    Const,
    ExternalValue,
    FactoryValue,
    Ref,
    Value,
)
from asyncsa_lint.knowledge.sqlalchemy import CALLS, SESSION_CLASSES
from asyncsa_lint.project.symbols import ClassInfo, External, ValueInfo

if TYPE_CHECKING:
    from asyncsa_lint.findings import Span
    from asyncsa_lint.flow.context import AnalysisContext
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.symbols import ModuleInfo


def is_async_class(self: Interpreter, value: Value | None) -> bool:
    """`class_=AsyncSession` or a subclass of it."""
    if isinstance(value, ExternalValue):
        return value.name in SESSION_CLASSES
    if isinstance(value, ClassValue):
        return self.context.project.is_subclass(value.cls, SESSION_CLASSES)
    return False


def make_factory(self: Interpreter, key: str, arguments: Arguments, state: State) -> Value:
    """`async_sessionmaker(...)`, `sessionmaker(engine, class_=AsyncSession)`."""
    is_async = key == "async_factory" or is_async_class(self, arguments.keyword("class_"))
    engine = arguments.get(0, "bind") or UNKNOWN
    made = arguments.get(1, "class_") if key == "async_factory" else arguments.keyword("class_")
    if not is_async and (made is UNKNOWN or arguments.opaque):
        # The class of its sessions is not known, nor whether they are asynchronous.
        return UNKNOWN
    return FactoryValue(
        is_async,
        expiry_of(arguments),
        autoflush_of(arguments),
        engine=engine,
        session_class=made.cls if isinstance(made, ClassValue) else None,
    )


def expiry_of(arguments: Arguments) -> bool | None:
    """`expire_on_commit`: on unless switched off (TRUTH A(f)); None when it can not be told."""
    value = arguments.keyword("expire_on_commit")
    if value is None:
        return None if arguments.opaque else True
    return value.value if isinstance(value, Const) and isinstance(value.value, bool) else None


def autoflush_of(arguments: Arguments) -> bool | None:
    value = arguments.keyword("autoflush")
    if value is None:
        return None if arguments.opaque else True
    return value.value if isinstance(value, Const) and isinstance(value.value, bool) else None


def open_session(
    self: Interpreter, factory: FactoryValue, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """`factory()`, with per-call overrides."""
    if self.context.synchronous and not factory.is_async:
        return UNKNOWN
    expiry = (
        factory.expire_on_commit if arguments.keyword("expire_on_commit") is None else expiry_of(arguments)
    )
    made = Session(
        is_async=factory.is_async,
        expire_on_commit=expiry,
        autoflush=factory.autoflush,
        certain=factory.certain,
        cls=factory.session_class,
        created_at=self.span(node),
    )
    return state.new(made)


def make_registry(factory: Value, span: Span, state: State) -> Value:
    """`async_scoped_session(factory, scopefunc=...)`: one session for all that runs in a scope.

    The registry hands on what it is asked, and calling it gives that session. A function runs in one
    scope, so the registry stands for the session (https://docs.sqlalchemy.org/en/20/orm/contextual.html).
    """
    if not isinstance(factory, FactoryValue) or not factory.is_async:
        return UNKNOWN
    made = Session(
        kind="scoped",
        expire_on_commit=factory.expire_on_commit,
        autoflush=factory.autoflush,
        certain=factory.certain,
        cls=factory.session_class,
        origin="module",
        in_transaction=None,
        created_at=span,
    )
    return state.new(made)


def make_session(
    self: Interpreter,
    arguments: Arguments,
    node: ast.AST,
    state: State,
    *,
    is_async: bool,
    cls: ClassInfo | None = None,
) -> Value:
    """`AsyncSession(engine)` called directly."""
    if self.context.synchronous and not is_async:
        return UNKNOWN
    made = Session(
        is_async=is_async,
        expire_on_commit=expiry_of(arguments),
        autoflush=autoflush_of(arguments),
        cls=cls,
        created_at=self.span(node),
    )
    return state.new(made)


def object_session(self: Interpreter, _: str, arguments: Arguments, __: ast.Call, state: State) -> Value:
    """`async_object_session(row)`: the session that holds the row, None where there is none.

    https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#sqlalchemy.ext.asyncio.async_object_session
    """
    from asyncsa_lint.flow.evaluation.annotations import external_object

    record = state.object_of(arguments.get(0, "instance") or UNKNOWN)
    if isinstance(record, Instance) and (record.detached is not None or record.phase is Phase.TRANSIENT):
        return UNKNOWN
    if isinstance(record, Instance) and record.session is not None:
        return Ref(record.session)
    made = external_object(self, "sqlalchemy.ext.asyncio.AsyncSession", RETURNED)
    return state.new(made) if isinstance(made, Session) else UNKNOWN


def reconfigured(factory: FactoryValue, arguments: Arguments) -> FactoryValue:
    if arguments.keyword("expire_on_commit") is None:
        return factory
    return replace(factory, expire_on_commit=expiry_of(arguments))


def configured_elsewhere(context: AnalysisContext, info: ValueInfo, name: str) -> bool:
    """Whether some `name.configure(expire_on_commit=...)` changes the factory of a module later."""
    for path in context.project.mentioning((b".configure(",)):
        module, source = context.project.module_at(path), context.project.source(path)
        for node in walk(source.tree) if module is not None and source is not None else ():
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "configure"
                and any(keyword.arg in {"expire_on_commit", None} for keyword in node.keywords)
                and (dotted := dotted_name(node.func.value)) is not None
                and dotted.rpartition(".")[2] == name
                and module is not None
            ):
                found = context.project.resolve(module, dotted)
                if isinstance(found, ValueInfo) and found.module is info.module:
                    return True
    return False


_CONSTRUCTING = (b"sessionmaker", b"AsyncSession(", b"AsyncSession as ")
"""A file without any of these makes no sessions."""


def project_expiry(context: AnalysisContext, *, tests: bool) -> bool | None:
    """What all async factories and direct constructions agree on; None when they differ.

    Those of test files count only if `tests`: fixtures give their sessions to tests and to nothing else.
    """
    found: set[bool | None] = set()
    for path in context.project.mentioning(_CONSTRUCTING):
        if not tests and context.is_test(path):
            continue
        module = context.project.module_at(path)
        source = context.project.source(path)
        if module is None or source is None:
            continue
        for node in walk(source.tree):
            if isinstance(node, ast.Call):
                setting = _setting(context, module, node)
                if setting != "not a factory":
                    found.add(setting if isinstance(setting, bool) else None)
    return next(iter(found)) if len(found) == 1 else None


def _setting(context: AnalysisContext, module: ModuleInfo, node: ast.Call) -> bool | str | None:
    func = node.func.value if isinstance(node.func, ast.Subscript) else node.func
    dotted = dotted_name(func)
    symbol = context.project.resolve(module, dotted) if dotted else None
    if isinstance(symbol, ClassInfo) and context.project.is_subclass(symbol, SESSION_CLASSES):
        key: str | None = "async_session"
    else:
        key = CALLS.get(symbol.name) if isinstance(symbol, External) else None
    if key not in {"async_factory", "factory", "async_session"}:
        return "not a factory"
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    if key == "factory":
        cls = keywords.get("class_")
        named = context.project.resolve_expr(module, cls) if cls is not None else None
        if not (isinstance(named, External) and named.name in SESSION_CLASSES):
            return "not a factory"
    value = keywords.get("expire_on_commit")
    if value is None:
        return None if None in keywords else True
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, bool) else None
