"""What entering and leaving context managers does."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.findings import Edit, Fix, Span
from asyncsa_lint.flow import own_calls
from asyncsa_lint.flow.calling.methods import AWAITED_BEGIN
from asyncsa_lint.flow.calling.passages import Call, logged
from asyncsa_lint.flow.evaluation.annotations import value_of_called, value_of_yielded
from asyncsa_lint.flow.evaluation.contexts import Entered
from asyncsa_lint.flow.events import Mismatch
from asyncsa_lint.flow.orm import failures, transactions
from asyncsa_lint.flow.orm.factories import open_session
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import (
    Engine,
    HeapObject,
    Lock,
    ProjectObject,
    Session,
    TaskGroup,
)
from asyncsa_lint.flow.states.paths import void
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    NONE,
    SOME,
    UNKNOWN,
    Arguments,
    CallableValue,
    FactoryValue,
    FunctionValue,
    LibraryMethod,
    ObjectId,
    Pending,
    Ref,
    TransactionValue,
    TypeValue,
    Value,
)
from asyncsa_lint.flow.tasks import concurrency
from asyncsa_lint.flow.tasks.blocking import called
from asyncsa_lint.flow.tasks.coroutines import made_async, mismatch

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def enter_manager(
    self: Interpreter, value: Value, statement: ast.With | ast.AsyncWith, node: ast.expr, state: State
) -> Entered:
    """Enter the value of one `with` item."""
    if isinstance(statement, ast.With):
        resource = async_resource(value, state)
        if resource:
            _plain_with(self, statement, node, resource)
            return Entered()  # the block is never run
    elif missing := _not_entered(value, state):
        what, advice = missing
        text = self.source.segment(node)
        mismatch(self, node, Mismatch.ASYNC_WITH_ON_SYNC, what, text, Fix(advice, safe=False))
        return Entered()
    elif isinstance(node, ast.Await):
        awaited = _awaited_resource(value, state)
        if awaited:
            text = self.source.segment(node.value)
            mismatch(self, node, Mismatch.ASYNC_WITH_AWAITED, awaited, text, _without_await(self, node))
    elif value is UNKNOWN and isinstance(node, ast.Name | ast.Attribute):
        # An object out of sight that is entered again and again may well be a lock.
        return _locked(("unknown lock", ast.dump(node)), state)
    return entered(self, value, node, state)


def _not_entered(value: Value, state: State) -> tuple[str, str] | None:
    """What `async with` can not enter, and what to do instead (TRUTH D)."""
    if isinstance(value, FactoryValue) and value.is_async:
        return "a session factory", "call it: the session that it gives can be entered"
    if not isinstance(value, LibraryMethod):
        return None
    if isinstance(value.receiver, FactoryValue) and value.receiver.is_async and value.name == "begin":
        return "a method", "call it"
    record = state.object_of(value.receiver)
    if isinstance(record, Session) and record.is_async and value.name == "no_autoflush":
        return "a synchronous one", "write `with`: nothing is awaited there"
    if isinstance(record, Session | Engine) and record.is_async and value.name in {"begin", "begin_nested"}:
        return "a method", "call it"
    return None


def _without_await(self: Interpreter, node: ast.Await) -> Fix | None:
    """What `connect()` and `begin()` give can be entered; what `connection()` gives has to be awaited."""
    call = node.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    if call.func.attr not in {"connect", "begin", "begin_nested"}:
        return None
    at, inner = self.span(node), self.span(node.value)
    edit = Edit(Span(at.path, at.line, at.column, inner.line, inner.column), "")
    return Fix("drop the inner `await`", safe=True, edits=(edit,))


def _plain_with(self: Interpreter, statement: ast.With, node: ast.expr, resource: str) -> None:
    mismatch(
        self, node, Mismatch.PLAIN_WITH, resource, self.source.segment(node), _async_with(self, statement)
    )


def _async_with(self: Interpreter, statement: ast.With) -> Fix | None:
    if self.function is None or not self.function.facts.is_async:
        return made_async(self, "write `async with`")
    if len(statement.items) > 1:
        return Fix("enter it with an `async with` of its own", safe=False)
    at = self.span(statement)
    edit = Edit(Span(at.path, at.line, at.column, at.line, at.column), "async ")
    return Fix("write `async with`", safe=True, edits=(edit,))


def async_resource(value: Value, state: State) -> str:
    """Name of the async context manager that a plain `with` can not enter, or empty."""
    record = state.object_of(value)
    if isinstance(record, Session) and record.is_async:
        return "AsyncConnection" if record.kind == "connection" else "AsyncSession"
    if isinstance(record, Engine) and record.is_async and record.constructor != "asyncpg.create_pool":
        return ""
    if isinstance(value, Pending) and isinstance(value.target, LibraryMethod):
        receiver = value.target.receiver
        owner = state.object_of(receiver)
        if value.kind == "transaction" and isinstance(owner, Session) and owner.is_async:
            return "AsyncSessionTransaction"
        if value.kind in {"connect", "begin"} and isinstance(owner, Engine):
            return "AsyncEngine"
        if value.kind == "factory-begin" and isinstance(receiver, FactoryValue) and receiver.is_async:
            return "AsyncSession"
    return ""


def _awaited_resource(value: Value, state: State) -> str:
    record = state.object_of(value)
    if isinstance(record, Session) and record.kind == "connection":
        return "AsyncConnection"
    if isinstance(value, TransactionValue):
        return "" if value.nested else "AsyncSessionTransaction"
    return "AsyncEngine" if value == AWAITED_BEGIN else ""


def enter_value(self: Interpreter, value: Value, node: ast.AST, state: State) -> Value:
    """`await stack.enter_async_context(value)`: what leaving does comes later than this function cares."""
    return entered(self, value, node, state).value


def entered(self: Interpreter, value: Value, node: ast.AST, state: State) -> Entered:
    """What the manager gives, and what leaving it does."""
    if isinstance(value, Pending):
        return _pending(self, value, node, state)
    record = state.object_of(value)
    if isinstance(record, Session) and isinstance(value, Ref):
        return _session(self, value, node, state)
    if isinstance(record, TaskGroup) and isinstance(value, Ref):
        group = value.id

        def end_group(after: State, _: bool) -> list[State]:
            concurrency.finish_group(group, after)
            return [after]

        return Entered(value, end_group)
    if isinstance(record, Lock):
        assert isinstance(value, Ref)
        return _locked(value.id, state) if record.limit == 1 else Entered(UNKNOWN)
    if isinstance(record, ProjectObject) and isinstance(value, Ref):
        return _project_object(self, value, record, node, state)
    return Entered(value if isinstance(value, TypeValue) else UNKNOWN)


def _session(self: Interpreter, value: Ref, node: ast.AST, state: State) -> Entered:
    """A session or connection: its block closes it, whatever tasks of it still run."""
    span = self.span(node)
    _managed(value, state, inside=True)

    def leave(after: State, exceptional: bool) -> list[State]:
        if not exceptional:
            concurrency.note_use(self, value.id, node, after)
        _managed(value, after, inside=False)
        transactions.close(value.id, span, after)
        return [after]

    return Entered(value, leave)


def _managed(session: Ref, state: State, *, inside: bool) -> None:
    record = state.get(session.id)
    if isinstance(record, Session) and record.managed is not inside:
        state.put(session.id, replace(record, managed=inside))


def _locked(lock: ObjectId, state: State) -> Entered:
    held = state.locks
    state.locks = held | {lock}

    def leave(after: State, _: bool) -> list[State]:
        after.locks = held
        return [after]

    return Entered(UNKNOWN, leave)


def _pending(self: Interpreter, value: Pending, node: ast.AST, state: State) -> Entered:
    span = self.span(node)
    target = value.target
    if own_calls.meaning_of(self.context, target) is own_calls.Meaning.PROVIDER:
        return own_calls.entered(self, node, state)
    if isinstance(target, FunctionValue) and value.kind in {"manager", "async-manager"}:
        return _project_manager(self, value, target, node, state)
    if isinstance(target, CallableValue):
        return Entered(value_of_called(self, target, state, entered=True))
    if not isinstance(target, LibraryMethod):
        return Entered(UNKNOWN)
    if value.kind == "factory-begin" and isinstance(target.receiver, FactoryValue):
        made = open_session(self, target.receiver, Arguments(), value.node, state)
        if not isinstance(made, Ref):
            return Entered(UNKNOWN)
        _managed(made, state, inside=True)
        return Entered(made, _ending(self, made, node, closes=True))
    if value.kind == "transaction" and isinstance(target.receiver, Ref):
        if target.name == "begin_nested":
            concurrency.note_use(self, target.receiver.id, node, state)
            transactions.begin_nested(target.receiver.id, span, state)
            return Entered(
                TransactionValue(target.receiver, nested=True), _savepoint_ending(target.receiver, span)
            )
        return Entered(
            TransactionValue(target.receiver, nested=False),
            _ending(self, target.receiver, node, closes=False),
        )
    if value.kind in {"connect", "begin"}:
        made = state.new(
            Session(
                kind="connection",
                expire_on_commit=False,
                created_at=self.context.span_of(value.module, value.node),
            )
        )
        return _session(self, made, node, state)
    if value.kind == "coroutine" and target.name in {"stream", "stream_scalars"}:
        # `async with connection.stream(...) as result`
        from asyncsa_lint.flow.calling.calls import settle

        return Entered(settle(self, value, node, state))
    return Entered(UNKNOWN)


def _ending(
    self: Interpreter, session: Ref, node: ast.AST, *, closes: bool
) -> Callable[[State, bool], list[State]]:
    """The end of a `begin()` block: commit, or rollback when an exception is on its way."""
    span = self.span(node)

    def leave(after: State, exceptional: bool) -> list[State]:
        if exceptional:
            transactions.rollback(session.id, span, after)
        else:
            concurrency.note_use(self, session.id, node, after)
            transactions.commit(session.id, span, after)
        if closes:
            _managed(session, after, inside=False)
            transactions.close(session.id, span, after)
        return [after]

    return leave


def _savepoint_ending(session: Ref, span: Span) -> Callable[[State, bool], list[State]]:
    """The end of a `begin_nested()` block: release, or rollback to the savepoint."""

    def leave(after: State, exceptional: bool) -> list[State]:
        transactions.end_nested(session.id, span, after, undone=exceptional)
        return [after]

    return leave


def _project_object(
    self: Interpreter, value: Ref, record: ProjectObject, node: ast.AST, state: State
) -> Entered:
    """`__aenter__` and `__aexit__` of a unit of work."""
    from asyncsa_lint.flow.calling.calls import call_function

    project = self.context.project
    enter = project.method(record.cls, "__aenter__") or project.method(record.cls, "__enter__")
    leave_method = project.method(record.cls, "__aexit__") or project.method(record.cls, "__exit__")
    bound = UNKNOWN if enter is None else call_function(self, enter, Arguments((value,)), node, state)

    def leave(after: State, exceptional: bool) -> list[State]:
        if leave_method is None:
            return [after]
        error: Value = SOME if exceptional else NONE
        arguments = Arguments((value, error, error, error))
        return self.run(after, lambda s: void(call_function(self, leave_method, arguments, node, s)))

    return Entered(bound, leave)


def _project_manager(
    self: Interpreter, value: Pending, target: FunctionValue, node: ast.AST, state: State
) -> Entered:
    """A function under `@asynccontextmanager`: up to its yield now, the rest on leaving."""
    from asyncsa_lint.flow.calling.replay import apply
    from asyncsa_lint.flow.calling.summarising import prepare

    prepared = prepare(self, target.function, value.arguments, node, state, target.captured)
    if prepared is None or not prepared[0].complete or not prepared[0].yields:
        return Entered(value_of_yielded(self, target.function, state))
    summary, mapping = prepared
    called(self, summary, node)
    for read in summary.reads:
        failures.resolve(self, read, summary.symbol, mapping.get(read.ident, read.ident), node, state)
    outcome = summary.yields[self.choices.choose(len(summary.yields[:3]))]
    through = Call(self, summary, node)
    bound = apply(self, summary, outcome, mapping, node, state)
    if bound is UNKNOWN:
        bound = value_of_yielded(self, target.function, state)
    for ident, record in outcome.heap.items():
        # Sessions the manager holds without handing them out still end with it.
        if isinstance(record, Session) and ident not in mapping and type(ident) is not tuple:
            mapping[ident] = state.next_id
            state.put(state.next_id, record)
            state.next_id += 1

    if not any(_ends_something(outcome.heap, ending) for ending in outcome.leaving[:2]):
        return Entered(bound)

    def leave(after: State, exceptional: bool) -> list[State]:
        left = []
        for ending in outcome.leaving[: 1 if not exceptional else 2]:
            fork = after.fork()
            _leave_by(outcome.heap, ending, mapping, through, fork)
            left.append(fork)
        return left

    return Entered(bound, leave)


def _ends_something(before: dict[ObjectId, HeapObject], ending: dict[ObjectId, HeapObject]) -> bool:
    """The code behind the yield did something to sessions or engines."""
    return any(
        isinstance(record, Session | Engine) and record is not before.get(ident)
        for ident, record in ending.items()
    )


def _leave_by(
    before: dict[ObjectId, HeapObject],
    ending: dict[ObjectId, HeapObject],
    mapping: dict[ObjectId, ObjectId],
    through: Call,
    state: State,
) -> None:
    """What the code behind the yield did to sessions and engines."""
    for ident, record in ending.items():
        old = before.get(ident)
        mine_id = ident if type(ident) is tuple else mapping.get(ident)
        mine = None if mine_id is None else state.get(mine_id)
        if mine_id is None or record is old or mine is None:
            continue
        if isinstance(record, Session) and isinstance(old, Session) and isinstance(mine, Session):
            state.put(
                mine_id,
                replace(
                    logged(mine, len(old.log), transactions.on_leaving(mine, record, len(old.log)), through),
                    is_closed=record.is_closed,
                    closed_at=record.closed_at,
                    in_transaction=record.in_transaction,
                ),
            )
        elif isinstance(record, Engine) and isinstance(mine, Engine):
            state.put(mine_id, replace(mine, disposed=record.disposed))
