"""Calls of library functions and classes, by the meaning that `knowledge` gives them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.flow import builtin_calls, concurrency, sql
from asyncsa_lint.flow.calls import out_of_sight, settle
from asyncsa_lint.flow.coroutines import mismatch, registered
from asyncsa_lint.flow.events import Mismatch
from asyncsa_lint.flow.factories import make_factory, make_session
from asyncsa_lint.flow.objects import Application, Engine, ListObject, Lock, Session, Task, TaskGroup
from asyncsa_lint.flow.plans import LoaderOption
from asyncsa_lint.flow.state import State
from asyncsa_lint.flow.values import (
    NONE,
    SQL,
    UNKNOWN,
    Arguments,
    ClassValue,
    Const,
    ExternalValue,
    LibraryMethod,
    OptionsValue,
    Partial,
    Pending,
    TupleValue,
    TypeValue,
    Value,
)
from asyncsa_lint.knowledge import asyncio as async_knowledge
from asyncsa_lint.knowledge import sqlalchemy as sql_knowledge

if TYPE_CHECKING:
    from asyncsa_lint.flow.interpreter import Interpreter

KEYS = {**async_knowledge.CALLS, **sql_knowledge.CALLS}


def call_external(
    self: Interpreter, target: ExternalValue, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """Value of calling something a library exports."""
    name = target.name
    key = KEYS.get(name)
    if key is None:
        if name.startswith(sql_knowledge.FUNC_ROOTS):
            return SQL
        if (
            name.startswith("sqlalchemy.MetaData.instance.")
            and name.rsplit(".", 1)[-1] in sql_knowledge.DDL_METHODS
        ):
            return _ddl(self, target, arguments, node, state)
        if _is_metadata(name):
            return ExternalValue("sqlalchemy.MetaData.instance")
        return out_of_sight(self, arguments, node, state)
    if ":" in key:
        family, detail = key.split(":")
        if family == "loader":
            return sql.call_loader(self, detail, arguments, state)
        return sql.call_columns(self, detail, arguments)
    handler = _CALLS.get(key)
    if handler is not None:
        return handler(self, key, arguments, node, state)
    found = builtin_calls.CALLS.get(key)
    if found is not None:
        return found(self, key, arguments, node, state)
    return UNKNOWN


def _is_metadata(name: str) -> bool:
    return name in {"sqlalchemy.MetaData", "sqlalchemy.schema.MetaData"}


def run_external(
    self: Interpreter, target: ExternalValue, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """What awaiting a library coroutine does: gather, wait, wait_for, to_thread."""
    key = KEYS.get(target.name, "")
    if key == "gather":
        return TupleValue(
            tuple(concurrency.gather(self, "asyncio.gather", list(arguments.positional), node, state))
        )
    if key == "wait":
        items = _arms(arguments.get(0, "fs"), state)
        concurrency.gather(self, "asyncio.wait", items, node, state)
        return UNKNOWN
    if key == "wait_for" and arguments.positional:
        return _inner(self, arguments.positional[0], node, state)
    if key == "next_coroutine" and arguments.positional:
        from asyncsa_lint.flow.calls import generated

        value = arguments.positional[0]
        return generated(self, value, state, node) if isinstance(value, Pending) else UNKNOWN
    return UNKNOWN


def _inner(self: Interpreter, value: Value, node: ast.AST, state: State) -> Value:
    if isinstance(value, Pending):
        return settle(self, value, node, state)
    record = state.object_of(value)
    if isinstance(record, Task):
        concurrency.finish(value, state)
        return record.result
    return UNKNOWN


def _arms(value: Value | None, state: State) -> list[Value]:
    record = None if value is None else state.object_of(value)
    if isinstance(value, TupleValue):
        return list(value.items)
    if isinstance(record, ListObject):
        if record.items is not None:
            return list(record.items)
        if isinstance(record.element, Pending):
            element = record.element
            twin = Pending(
                element.target, element.arguments, element.kind, element.node, element.module, True
            )
            return [twin]
        if record.element is not None:
            return [record.element]
    return []


def _ddl(
    self: Interpreter, target: ExternalValue, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """`metadata.create_all(async_engine)`: DDL needs `run_sync` (TRUTH D)."""
    record = state.object_of(arguments.get(0, "bind") or UNKNOWN)
    if isinstance(record, Engine | Session) and record.is_async:
        kind = "AsyncEngine" if isinstance(record, Engine) else "AsyncConnection"
        mismatch(self, node, Mismatch.SYNC_DDL, kind, self.source.segment(node.func))
    return UNKNOWN


def _pending(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, _: State) -> Value:
    name = next(name for name, meaning in async_knowledge.CALLS.items() if meaning == key)
    return Pending(ExternalValue(name), arguments, "coroutine", node, self.module)


def _engine(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    pool = arguments.keyword("poolclass")
    null_pool = isinstance(pool, ExternalValue) and pool.name in sql_knowledge.NULL_POOLS
    constructor = {
        "engine": "create_async_engine",
        "sync_engine": "create_engine",
        "asyncpg_pool": "asyncpg.create_pool",
    }
    return state.new(
        Engine(
            is_async=key != "sync_engine",
            constructor=constructor[key],
            null_pool=null_pool,
            created_at=self.span(node),
        )
    )


def _factory(self: Interpreter, key: str, arguments: Arguments, _: ast.Call, state: State) -> Value:
    return make_factory(self, key, arguments, state)


def _session(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    return make_session(self, arguments, node, state, is_async=key == "async_session")


def _statement(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    return sql.call_builder(self, key, arguments, node, state)


def _compound(self: Interpreter, _: str, arguments: Arguments, __: ast.Call, ___: State) -> Value:
    return UNKNOWN


def _aliased(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, __: State) -> Value:
    return sql.aliased(self, arguments, node)


def _load_root(self: Interpreter, _: str, arguments: Arguments, __: ast.Call, ___: State) -> Value:
    entity = arguments.get(0, "entity")
    return OptionsValue((LoaderOption(root=entity.cls),)) if isinstance(entity, ClassValue) else UNKNOWN


def _no_options(*_: object) -> Value:
    return OptionsValue(())


def _sql(*_: object) -> Value:
    return SQL


def _nothing(*_: object) -> Value:
    return NONE


def _create_task(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    spawner = "asyncio." + (node.func.attr if isinstance(node.func, ast.Attribute) else "create_task")
    return concurrency.spawn(self, spawner, arguments.get(0, "coro") or UNKNOWN, node, state)


def _as_completed(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    items = _arms(arguments.get(0, "fs"), state)
    concurrency.gather(self, "asyncio.as_completed", items, node, state)
    return UNKNOWN


def _to_thread(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    target = arguments.positional[0] if arguments.positional else UNKNOWN
    rest = Arguments(arguments.positional[1:], arguments.keywords)
    concurrency.to_thread(self, self.source.segment(node.func), target, rest, node, state)
    return UNKNOWN


def _task_group(self: Interpreter, _: str, __: Arguments, node: ast.Call, state: State) -> Value:
    return state.new(TaskGroup(self.source.segment(node.func)))


def _lock(_: Interpreter, __: str, ___: Arguments, ____: ast.Call, state: State) -> Value:
    return state.new(Lock())


def _semaphore(_: Interpreter, __: str, arguments: Arguments, ____: ast.Call, state: State) -> Value:
    limit = arguments.get(0, "value")
    if limit is None:
        return state.new(Lock(1))
    return state.new(Lock(limit.value if isinstance(limit, Const) and isinstance(limit.value, int) else None))


def _typed(name: str) -> Callable[..., Value]:
    def make(*_: object) -> Value:
        return TypeValue(name)

    return make


def _background_task(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    target = arguments.get(0, "func") or UNKNOWN
    rest = Arguments(arguments.positional[1:], tuple(k for k in arguments.keywords if k[0] != "func"))
    concurrency.hand_to_background(self, "BackgroundTask", target, rest, node, state)
    return TypeValue("starlette.background.BackgroundTask")


def _partial(_: Interpreter, __: str, arguments: Arguments, ___: ast.Call, ____: State) -> Value:
    if not arguments.positional:
        return UNKNOWN
    return Partial(arguments.positional[0], arguments.positional[1:], arguments.keywords)


def _app(_: Interpreter, key: str, arguments: Arguments, __: ast.Call, state: State) -> Value:
    kind = "APIRouter" if key == "router" else "FastAPI"
    return state.new(Application(kind=kind, has_lifespan=arguments.keyword("lifespan") is not None))


def _registered(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    for value in arguments.positional:
        registered(self, value, node, state, self.source.segment(node.func))
    return UNKNOWN


def _run_loop(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    return _inner(self, arguments.get(0, "main") or UNKNOWN, node, state)


def typed_method(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """Methods of objects known by their type: BackgroundTasks, event loops, exit stacks."""
    assert isinstance(target.receiver, TypeValue)
    name, owner = target.name, target.receiver.name
    if owner.endswith("BackgroundTasks") and name == "add_task":
        work = arguments.get(0, "func") or UNKNOWN
        rest = Arguments(arguments.positional[1:], tuple(k for k in arguments.keywords if k[0] != "func"))
        concurrency.hand_to_background(self, "BackgroundTasks.add_task", work, rest, node, state)
        return NONE
    if owner == "loop" and name == "create_task":
        return _create_task(self, "", arguments, node, state)
    if owner == "loop" and name == "run_in_executor" and len(arguments.positional) > 1:
        rest = Arguments(arguments.positional[1:])
        return _to_thread(self, "", rest, node, state)
    if owner == "loop" and name == "run_until_complete":
        return _run_loop(self, "", arguments, node, state)
    if owner == "exit_stack":
        return _exit_stack(self, target, arguments, node, state)
    return UNKNOWN


def _exit_stack(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    if target.name == "enter_async_context":
        return Pending(target, arguments, "coroutine", node, self.module)
    if target.name in {"callback"} and arguments.positional:
        registered(self, arguments.positional[0], node, state, "stack.callback")
    return UNKNOWN


_CALLS: dict[str, Callable[..., Value]] = {
    "engine": _engine,
    "sync_engine": _engine,
    "asyncpg_pool": _engine,
    "async_factory": _factory,
    "factory": _factory,
    "async_session": _session,
    "sync_session": _session,
    "select": _statement,
    "insert": _statement,
    "update": _statement,
    "delete": _statement,
    "text": _statement,
    "compound": _compound,
    "aliased": _aliased,
    "load_root": _load_root,
    "no_options": _no_options,
    "sql": _sql,
    "gather": _pending,
    "wait": _pending,
    "wait_for": _pending,
    "next_coroutine": _pending,
    "create_task": _create_task,
    "as_completed": _as_completed,
    "to_thread": _to_thread,
    "task_group": _task_group,
    "lock": _lock,
    "semaphore": _semaphore,
    "loop": _typed("loop"),
    "exit_stack": _typed("exit_stack"),
    "background_tasks": _typed("starlette.background.BackgroundTasks"),
    "background_task": _background_task,
    "partial": _partial,
    "app": _app,
    "router": _app,
    "registered": _registered,
    "run_loop": _run_loop,
    "nothing": _nothing,
}
