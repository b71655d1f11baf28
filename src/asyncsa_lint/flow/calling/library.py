"""Calls of library functions and classes, by the meaning that `knowledge` gives them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.flow import own_calls
from asyncsa_lint.flow.calling.calls import out_of_sight, settle
from asyncsa_lint.flow.evaluation import builtin_calls
from asyncsa_lint.flow.events import Mismatch
from asyncsa_lint.flow.orm import sql
from asyncsa_lint.flow.orm.factories import make_factory, make_registry, make_session, object_session
from asyncsa_lint.flow.orm.plans import LoaderOption
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Application, Engine, ListObject, Lock, Session, Task, TaskGroup
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    FUNCTION,
    NONE,
    SQL,
    UNKNOWN,
    AdapterValue,
    Arguments,
    AttributeNames,
    BoundMethod,
    ClassValue,
    Const,
    ExternalValue,
    FunctionValue,
    LibraryMethod,
    OptionsValue,
    Partial,
    Pending,
    TupleValue,
    TypeValue,
    Value,
)
from asyncsa_lint.flow.tasks import blocking, concurrency, handover
from asyncsa_lint.flow.tasks.coroutines import mismatch, registered
from asyncsa_lint.flow.web import templates
from asyncsa_lint.knowledge import asyncio as async_knowledge
from asyncsa_lint.knowledge import sqlalchemy as sql_knowledge
from asyncsa_lint.knowledge.drivers import CONNECTORS

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

KEYS = {**async_knowledge.CALLS, **sql_knowledge.CALLS, **dict.fromkeys(CONNECTORS, "connect")}


def call_external(
    self: Interpreter, target: ExternalValue, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """Value of calling something a library exports."""
    name = target.name
    key = KEYS.get(name)
    if key is None:
        if name.startswith(sql_knowledge.FUNC_ROOTS):
            return FUNCTION
        owner, _, method = name.rpartition(".")
        if owner in sql_knowledge.METADATA and method in sql_knowledge.DDL_METHODS:
            return _ddl(self, target, arguments, node, state)
        if name in sql_knowledge.METADATA_CLASSES:
            return ExternalValue(sql_knowledge.SOME_METADATA)
        out_of_sight(self, arguments, node, state)
        return own_calls.instance(self.context, name)
    if ":" in key:
        family, detail = key.split(":")
        if family == "loader":
            return sql.call_loader(self, detail, arguments, state)
        return sql.call_columns(self, detail, arguments)
    if key == "connect":
        return blocking.connect(self, name, arguments, node)
    if key in {"queue", "timeout"}:
        return TypeValue(name)
    if key in _LATER:
        return Pending(target, arguments, "coroutine", node, self.module)
    handler = _CALLS.get(key)
    if handler is not None:
        return handler(self, key, arguments, node, state)
    found = builtin_calls.CALLS.get(key)
    if found is not None:
        return found(self, key, arguments, node, state)
    return UNKNOWN


def run_external(
    self: Interpreter, target: ExternalValue, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """What awaiting a library coroutine does: gather, wait, wait_for, to_thread."""
    key = KEYS.get(target.name, "")
    if key == "wait":
        return _wait(self, arguments, node, state)
    if key == "wait_for":
        return inner(self, arguments.get(0, "fut") or UNKNOWN, node, state)
    if key == "to_thread":
        return _thread(self, target.name, arguments, node, state)
    if key == "next_coroutine" and arguments.positional:
        from asyncsa_lint.flow.calling.calls import generated

        value = arguments.positional[0]
        return generated(self, value, state, node) if isinstance(value, Pending) else UNKNOWN
    return UNKNOWN


def _wait(self: Interpreter, arguments: Arguments, node: ast.AST, state: State) -> Value:
    """`asyncio.wait`: only without a timeout all tasks have ended afterwards."""
    items = _arms(arguments.get(0, "fs"), state)
    if items is None:
        concurrency.finish_all(state)
        return UNKNOWN
    live = state.tasks
    whole = concurrency.gather(self, "asyncio.wait", items, node, state)
    if arguments.keyword("timeout") is None and arguments.keyword("return_when") is None:
        concurrency.finish(whole, state)
    else:
        state.tasks = (*live, *(i for i in state.tasks if i not in live and i != whole.id))
    return UNKNOWN


def inner(self: Interpreter, value: Value, node: ast.AST, state: State) -> Value:
    """Result of a coroutine, task or pool that something waits for."""
    if isinstance(value, Pending):
        return settle(self, value, node, state)
    if value is UNKNOWN:
        concurrency.finish_all(state)
    record = state.object_of(value)
    if isinstance(record, Task):
        concurrency.finish(value, state)
        return record.result
    return UNKNOWN


def _arms(value: Value | None, state: State) -> list[Value] | None:
    """Awaitables in a collection; None when they are not known."""
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
        if record.element is not None and record.element is not UNKNOWN:
            return [record.element]
    return None


def _ddl(
    self: Interpreter, target: ExternalValue, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """`metadata.create_all(async_engine)`: DDL needs `run_sync` (TRUTH D)."""
    record = state.object_of(arguments.get(0, "bind") or UNKNOWN)
    # In `run_sync` the connection of the session is a synchronous one, an engine is as it was.
    if isinstance(record, Session) and self.context.in_greenlet:
        return UNKNOWN
    if isinstance(record, Engine | Session) and record.is_async:
        kind = "AsyncEngine" if isinstance(record, Engine) else "AsyncConnection"
        mismatch(self, node, Mismatch.SYNC_DDL, kind, self.source.segment(node.func))
    return UNKNOWN


def _engine(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    pool = arguments.keyword("poolclass")
    null_pool = isinstance(pool, ExternalValue) and pool.name in sql_knowledge.NULL_POOLS
    constructor = {
        "engine": "create_async_engine",
        "sync_engine": "create_engine",
        "asyncpg_pool": "asyncpg.create_pool",
    }
    if key == "sync_engine" and self.context.synchronous:
        return UNKNOWN
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


def _scoped(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    return make_registry(arguments.get(0, "session_factory") or UNKNOWN, self.span(node), state)


def _statement(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    if self.context.synchronous:
        return UNKNOWN
    return sql.call_builder(self, key, arguments, node, state)


def _compound(self: Interpreter, _: str, arguments: Arguments, __: ast.Call, ___: State) -> Value:
    return UNKNOWN


def _aliased(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, __: State) -> Value:
    return sql.aliased(self, key, arguments, node)


def _type_adapter(self: Interpreter, _: str, __: Arguments, node: ast.Call, ___: State) -> Value:
    """`TypeAdapter(list[Schema])`."""
    return AdapterValue(node.args[0], self.module) if node.args else UNKNOWN


def _attrgetter(_: Interpreter, __: str, arguments: Arguments, ___: ast.Call, ____: State) -> Value:
    """`attrgetter("name")`; of several names nothing is made."""
    given = arguments.positional
    if len(given) == 1 and isinstance(given[0], Const) and isinstance(given[0].value, str):
        return LibraryMethod(UNKNOWN, "getter", given[0].value)
    return UNKNOWN


def _inspect(_: Interpreter, __: str, arguments: Arguments, ___: ast.Call, state: State) -> Value:
    """`inspect(instance)`: its InstanceState; `inspect(Model)`: its mapper."""
    subject = arguments.get(0, "subject") or UNKNOWN
    if isinstance(subject, ClassValue):
        return AttributeNames(subject.cls, "mapper")
    return LibraryMethod(subject, "inspection", "") if state.object_of(subject) is not None else UNKNOWN


def _load_root(self: Interpreter, _: str, arguments: Arguments, __: ast.Call, ___: State) -> Value:
    entity = arguments.get(0, "entity")
    return OptionsValue((LoaderOption(root=entity.cls),)) if isinstance(entity, ClassValue) else UNKNOWN


def _polymorphic(_: Interpreter, __: str, arguments: Arguments, ___: ast.Call, ____: State) -> Value:
    return sql.call_polymorphic(arguments)


def _no_options(*_: object) -> Value:
    return OptionsValue(())


def _sql(*_: object) -> Value:
    return SQL


def _nothing(*_: object) -> Value:
    return NONE


def _create_task(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    spawner = "asyncio." + (node.func.attr if isinstance(node.func, ast.Attribute) else "create_task")
    return concurrency.spawn(self, spawner, arguments.get(0, "coro") or UNKNOWN, node, state)


def _gather(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """The arms start with the call, not with the await."""
    if arguments.opaque:
        concurrency.finish_all(state)
    made = concurrency.gather(self, "asyncio.gather", list(arguments.positional), node, state)
    if arguments.opaque:
        record = state.get(made.id)
        assert isinstance(record, Task)
        state.put(made.id, replace(record, result=UNKNOWN))
    return made


def _as_completed(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    items = _arms(arguments.get(0, "fs"), state)
    if items is None:
        concurrency.finish_all(state)
    else:
        concurrency.finish(concurrency.gather(self, "asyncio.as_completed", items, node, state), state)
    return UNKNOWN


def _thread(self: Interpreter, name: str, arguments: Arguments, node: ast.AST, state: State) -> Value:
    target = arguments.positional[0] if arguments.positional else UNKNOWN
    rest = Arguments(arguments.positional[1:], arguments.keywords)
    return concurrency.to_thread(self, name, target, rest, node, state)


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
    handover.hand_to_background(self, "BackgroundTask", target, rest, node, state)
    return TypeValue("starlette.background.BackgroundTask")


def _partial(_: Interpreter, __: str, arguments: Arguments, ___: ast.Call, ____: State) -> Value:
    if not arguments.positional:
        return UNKNOWN
    return Partial(arguments.positional[0], arguments.positional[1:], arguments.keywords)


def _manager_of(_: Interpreter, __: str, arguments: Arguments, ___: ast.Call, ____: State) -> Value:
    """`get_session_context = asynccontextmanager(get_session)`."""
    given = arguments.get(0, "func")
    if isinstance(given, FunctionValue):
        return replace(given, manages=True)
    if isinstance(given, BoundMethod):
        return Partial(FunctionValue(given.function, manages=True), (given.receiver,), ())
    return UNKNOWN


def _new_type(*_: object) -> Value:
    """`UserSession = NewType("UserSession", AsyncSession)`: calling it gives the argument back."""
    return ExternalValue("typing.NewType.instance")


def _app(_: Interpreter, key: str, arguments: Arguments, __: ast.Call, state: State) -> Value:
    kind = "APIRouter" if key == "router" else "FastAPI"
    return state.new(Application(kind=kind, has_lifespan=arguments.keyword("lifespan") is not None))


def _registered(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    for value in arguments.positional:
        registered(self, value, node, state, self.source.segment(node.func))
    return UNKNOWN


def _run_loop(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    return inner(self, arguments.get(0, "main") or UNKNOWN, node, state)


_LATER = frozenset({"wait", "wait_for", "next_coroutine", "to_thread", "session_coroutine"})
"""Coroutine functions: nothing happens before they are awaited."""
_CALLS: dict[str, Callable[..., Value]] = {
    "engine": _engine,
    "sync_engine": _engine,
    "asyncpg_pool": _engine,
    "async_factory": _factory,
    "factory": _factory,
    "async_session": _session,
    "sync_session": _session,
    "async_scoped": _scoped,
    "object_session": object_session,
    "select": _statement,
    "insert": _statement,
    "update": _statement,
    "delete": _statement,
    "text": _statement,
    "compound": _compound,
    "aliased": _aliased,
    "with_polymorphic": _aliased,
    "type_adapter": _type_adapter,
    "attrgetter": _attrgetter,
    "inspect": _inspect,
    "load_root": _load_root,
    "selectin_polymorphic": _polymorphic,
    "no_options": _no_options,
    "sql": _sql,
    "gather": _gather,
    "create_task": _create_task,
    "as_completed": _as_completed,
    "task_group": _task_group,
    "lock": _lock,
    "semaphore": _semaphore,
    "loop": _typed("loop"),
    "current_task": _typed("asyncio.current_task"),
    "exit_stack": _typed("exit_stack"),
    "background_tasks": _typed("starlette.background.BackgroundTasks"),
    "background_task": _background_task,
    "streaming_response": handover.streamed,
    "templates": templates.make,
    "partial": _partial,
    "manager_of": _manager_of,
    "new_type": _new_type,
    "app": _app,
    "router": _app,
    "registered": _registered,
    "run_loop": _run_loop,
    "nothing": _nothing,
}
