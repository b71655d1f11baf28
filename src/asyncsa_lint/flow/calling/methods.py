"""Methods of library objects: called now, or turned into something that runs when awaited."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.findings import Edit, Fix, Span
from asyncsa_lint.flow.evaluation import containers
from asyncsa_lint.flow.evaluation.special_methods import filled_in
from asyncsa_lint.flow.events import Mismatch
from asyncsa_lint.flow.orm import attribute_names, factories, queries, results, sessions, sql
from asyncsa_lint.flow.orm.instances import read_attribute
from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.orm.plans import Loading
from asyncsa_lint.flow.states.carried import given_away
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Engine, Phase, Session, Task
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    NONE,
    SQL,
    UNKNOWN,
    AdapterValue,
    Arguments,
    FactoryValue,
    FunctionValue,
    LibraryMethod,
    MappedAttributeValue,
    OptionsValue,
    Pending,
    QueryValue,
    Ref,
    ResultValue,
    SqlValue,
    StatementValue,
    TransactionValue,
    TypeValue,
    Value,
)
from asyncsa_lint.flow.tasks import blocking, concurrency, handover
from asyncsa_lint.flow.tasks.coroutines import mismatch
from asyncsa_lint.flow.web import templates
from asyncsa_lint.knowledge.drivers import BLOCKING_ENGINE, BLOCKING_SESSION
from asyncsa_lint.knowledge.sqlalchemy import (
    CONNECTION_COROUTINES,
    ENGINE_COROUTINES,
    POOL_COROUTINES,
    SESSION_COROUTINES,
    SESSION_SYNC,
    TRANSACTION_COROUTINES,
)
from asyncsa_lint.project.registrations import Role

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

_TRANSACTIONS = frozenset({"begin", "begin_nested"})
AWAITED_BEGIN = TypeValue("sqlalchemy.ext.asyncio.AsyncEngine.begin")
"""What `await engine.begin()` would be: it can not be awaited (TRUTH D)."""


def call_method(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """Value of a method call on a library object."""
    handler = _METHODS.get(target.kind)
    return UNKNOWN if handler is None else handler(self, target, arguments, node, state)


def run_method(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """What awaiting the coroutine of a library method does."""
    if target.kind == "session" and isinstance(target.receiver, Ref):
        return sessions.run(self, target.receiver, target.name, arguments, node, state)
    if target.kind == "result" and isinstance(target.receiver, ResultValue):
        return results.consume(self, target.receiver, target.name, node, state)
    if target.kind == "transaction" and isinstance(target.receiver, TransactionValue):
        return sessions.run_transaction(self, target.receiver, target.name, node, state)
    if target.kind == "engine":
        return _run_engine(self, target, node, state)
    if target.kind == "typed" and target.name == "enter_async_context" and arguments.positional:
        from asyncsa_lint.flow.evaluation.managers import enter_value

        return enter_value(self, arguments.positional[0], node, state)
    return UNKNOWN


def await_object(self: Interpreter, value: Value, node: ast.Await, state: State) -> Value:
    """`await` on something that is no coroutine: awaitable_attrs, or a mistake elsewhere."""
    if isinstance(value, LibraryMethod) and value.kind == "awaitable" and isinstance(value.receiver, Ref):
        return _await_attribute(self, value.receiver, value.name, node, state)
    record = state.object_of(value)
    if isinstance(record, Engine):
        return value  # `await asyncpg.create_pool(...)`
    if isinstance(record, Session) and record.kind == "session" and record.origin == "local":
        text = self.source.segment(node.value)
        mismatch(self, node, Mismatch.AWAIT_ON_OBJECT, "AsyncSession", text, _without_await(self, node))
    return UNKNOWN


def _await_attribute(self: Interpreter, instance: Ref, name: str, node: ast.AST, state: State) -> Value:
    """`await instance.awaitable_attrs.name`: the read may load, but it needs a session (TRUTH A(h))."""
    record = catch_up(instance.id, state)
    if record is None or record.phase is Phase.DETACHED:
        return read_attribute(self, instance, name, node, state)
    attribute = record.model.attributes.get(name)
    if attribute is not None and record.session is not None and record.plan is not None:
        loading = record.plan.look_up(record.model, attribute)[0]
        if loading is Loading.UNLOADED and name not in record.attributes:
            concurrency.note_use(self, record.session, node, state)
    outer = self.context.in_greenlet
    self.context.in_greenlet = True
    try:
        return read_attribute(self, instance, name, node, state)
    finally:
        self.context.in_greenlet = outer


def _pending(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.AST, kind: str
) -> Pending:
    return Pending(target, arguments, kind, node, self.module)


def _session(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    record = state.object_of(target.receiver)
    if not isinstance(record, Session) or not isinstance(target.receiver, Ref):
        return UNKNOWN
    name = target.name
    if not record.is_async and self.context.synchronous:
        return UNKNOWN
    if not record.is_async and name in BLOCKING_SESSION:
        blocking.waits(self, "Connection" if record.kind == "connection" else "Session", node)
    if not record.is_async or self.context.in_greenlet:
        if name == "query":
            return queries.make(target.receiver, arguments)
        if name in SESSION_SYNC and name not in _TRANSACTIONS:
            return sessions.call_sync(self, target.receiver, name, arguments, node, state)
        if name in _TRANSACTIONS:
            return _pending(self, target, arguments, node, "transaction")
        return sessions.run(self, target.receiver, name, arguments, node, state)
    coroutines = CONNECTION_COROUTINES if record.kind == "connection" else SESSION_COROUTINES
    if name in coroutines or name in {"__aenter__", "__aexit__"}:
        return _pending(self, target, arguments, node, "coroutine")
    if name in _TRANSACTIONS:
        return _pending(self, target, arguments, node, "transaction")
    if name in SESSION_SYNC:
        if node is self.awaited_call:
            _await_on_sync(self, node, "AsyncConnection" if record.kind == "connection" else "AsyncSession")
        return sessions.call_sync(self, target.receiver, name, arguments, node, state)
    return UNKNOWN


def _await_on_sync(self: Interpreter, node: ast.Call, resource: str) -> None:
    text = self.source.segment(node.func)
    mismatch(self, node, Mismatch.AWAIT_ON_SYNC, resource, text, _without_await(self, node))


def _without_await(self: Interpreter, node: ast.expr) -> Fix | None:
    """Dropped where it stands right before the call."""
    span = self.span(node.value if isinstance(node, ast.Await) else node)
    line = self.source.lines[span.line - 1]
    start = line.rfind("await", 0, span.column)
    if start < 0 or line[start + 5 : span.column].strip():
        return None
    edit = Edit(Span(span.path, span.line, start, span.line, span.column), "")
    return Fix("drop `await`", safe=True, edits=(edit,))


def _result(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    result = target.receiver
    if not isinstance(result, ResultValue):
        return UNKNOWN
    if result.is_async and target.name in results.CONSUMING:
        return _pending(self, target, arguments, node, "coroutine")
    if node is self.awaited_call and target.name in results.METHODS:
        kind = "ScalarResult" if result.scalars else "Result"
        _await_on_sync(self, node, f"Async{kind}" if result.is_async else kind)
    return results.result_method(self, result, target.name, arguments, node, state)


def _statement(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, _: ast.Call, state: State
) -> Value:
    assert isinstance(target.receiver, StatementValue)
    return sql.statement_method(self, target.receiver, target.name, arguments, state)


def _options(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, _: ast.Call, state: State
) -> Value:
    assert isinstance(target.receiver, OptionsValue)
    return sql.options_method(self, target.receiver, target.name, arguments, state)


def _factory(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    if target.name == "begin":
        return _pending(self, target, arguments, node, "factory-begin")
    if target.name != "configure":
        return UNKNOWN
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        assert isinstance(target.receiver, FactoryValue)
        state.set(node.func.value.id, factories.reconfigured(target.receiver, arguments))
    return NONE


def _engine(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    record = state.object_of(target.receiver)
    if not isinstance(record, Engine):
        return UNKNOWN
    if record.constructor.startswith("asyncpg"):
        return (
            _pending(self, target, arguments, node, "coroutine")
            if target.name in POOL_COROUTINES
            else UNKNOWN
        )
    if not record.is_async:
        return _sync_engine(self, target.name, node, state)
    if target.name in ENGINE_COROUTINES:
        return _pending(self, target, arguments, node, "coroutine")
    if target.name in {"connect", "begin"}:
        return _pending(self, target, arguments, node, target.name)
    if target.name == "execution_options":
        return target.receiver
    return UNKNOWN


def _sync_engine(self: Interpreter, name: str, node: ast.Call, state: State) -> Value:
    """`engine.connect()` of a synchronous engine waits for a connection."""
    if name in BLOCKING_ENGINE:
        blocking.waits(self, "Engine", node)
    if name not in {"connect", "begin"}:
        return UNKNOWN
    return state.new(
        Session(kind="connection", is_async=False, expire_on_commit=False, created_at=self.span(node))
    )


def _run_engine(self: Interpreter, target: LibraryMethod, node: ast.AST, state: State) -> Value:
    if target.name == "connect":
        return state.new(Session(kind="connection", expire_on_commit=False, created_at=self.span(node)))
    return AWAITED_BEGIN if target.name == "begin" else UNKNOWN


def _list(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    assert isinstance(target.receiver, Ref)
    return containers.list_method(self, target.receiver, target.name, arguments, node, state)


def _dict(self: Interpreter, target: LibraryMethod, arguments: Arguments, _: ast.Call, state: State) -> Value:
    assert isinstance(target.receiver, Ref)
    return containers.dict_method(self, target.receiver, target.name, arguments, state)


def _column(self: Interpreter, target: LibraryMethod, arguments: Arguments, _: ast.Call, __: State) -> Value:
    if target.name == "is_" and arguments.positional == (NONE,):
        return SqlValue(null=target.receiver) if isinstance(target.receiver, MappedAttributeValue) else SQL
    if isinstance(target.receiver, MappedAttributeValue) and target.name == "of_type":
        return replace(target.receiver, polymorphic=True)
    if isinstance(target.receiver, MappedAttributeValue) and target.name == "and_":
        return target.receiver
    return SQL


def _group(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """`tg.create_task(coro)`, anyio's `tg.start_soon(function, *args)`."""
    assert isinstance(target.receiver, Ref)
    if target.name == "create_task" and arguments.positional:
        return concurrency.spawn(
            self, "TaskGroup.create_task", arguments.positional[0], node, state, target.receiver.id
        )
    if target.name in {"start_soon", "start"} and arguments.positional:
        from asyncsa_lint.flow.calling.calls import call

        coroutine = call(self, arguments.positional[0], Arguments(arguments.positional[1:]), node, state)
        made = concurrency.spawn(
            self, f"task_group.{target.name}", coroutine, node, state, target.receiver.id
        )
        return UNKNOWN if target.name == "start_soon" else made
    return UNKNOWN


def _task(self: Interpreter, target: LibraryMethod, arguments: Arguments, _: ast.Call, state: State) -> Value:
    """`result()` and `exception()` raise unless the task has ended."""
    record = state.object_of(target.receiver)
    if target.name in {"result", "exception"} and isinstance(record, Task):
        concurrency.finish(target.receiver, state)
        return record.result if target.name == "result" else UNKNOWN
    return UNKNOWN


def _typed(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    from asyncsa_lint.flow.calling.typed import typed_method

    return typed_method(self, target, arguments, node, state)


def _schema(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    from asyncsa_lint.flow.web.serialisation import validated

    return validated(self, target, arguments, node, state)


def _transaction(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """Methods of AsyncSessionTransaction are coroutines; of a synchronous one they are not."""
    value = target.receiver
    owner = state.object_of(value.session) if isinstance(value, TransactionValue) else None
    if target.name in TRANSACTION_COROUTINES and not (isinstance(owner, Session) and not owner.is_async):
        return _pending(self, target, arguments, node, "coroutine")
    return UNKNOWN


def _query(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    assert isinstance(target.receiver, QueryValue)
    return queries.method(self, target.receiver, target.name, arguments, node, state)


def _getter(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """`attrgetter("a.b")(value)`."""
    from asyncsa_lint.flow.evaluation.attributes import read

    value = arguments.positional[0] if arguments.positional else UNKNOWN
    for name in target.name.split("."):
        value = read(self, value, name, node, state)
    return value


def _adapter(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    from asyncsa_lint.flow.web.serialisation import adapted

    assert isinstance(target.receiver, AdapterValue)
    return adapted(self, target.receiver, target.name, arguments, node, state)


def _worker(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """`job.delay(...)`: the arguments travel to another process."""
    function = target.receiver.function if isinstance(target.receiver, FunctionValue) else None
    if function is not None and self.context.lifecycle.scene.roles.has(function, Role.WORKER_TASK):
        spawner = f"{function.facts.name}.{target.name}"
        handover.hand_to_background(self, spawner, UNKNOWN, arguments, node, state)
    given_away(arguments.values(), state)
    return UNKNOWN


_METHODS: dict[str, Callable[..., Value]] = {
    "session": _session,
    "result": _result,
    "statement": _statement,
    "options": _options,
    "factory": _factory,
    "engine": _engine,
    "list": _list,
    "dict": _dict,
    "column": _column,
    "names": attribute_names.listed,
    "text": filled_in,
    "group": _group,
    "task": _task,
    "typed": _typed,
    "schema": _schema,
    "transaction": _transaction,
    "templates": templates.respond,
    "query": _query,
    "getter": _getter,
    "adapter": _adapter,
    "worker": _worker,
}
