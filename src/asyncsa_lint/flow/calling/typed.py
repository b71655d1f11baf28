"""Methods of objects known by their type alone: background tasks, job queues, loops, exit stacks."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.calling.library import inner
from asyncsa_lint.flow.states.carried import given_away
from asyncsa_lint.flow.states.objects import Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import NONE, UNKNOWN, Arguments, LibraryMethod, Pending, TypeValue, Value
from asyncsa_lint.flow.tasks import concurrency, handover
from asyncsa_lint.flow.tasks.blocking import driver_method
from asyncsa_lint.flow.tasks.coroutines import registered
from asyncsa_lint.knowledge.asyncio import LOOP_HOOKS, QUEUES
from asyncsa_lint.knowledge.drivers import DRIVER_CONNECTIONS, DRIVER_CURSORS

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def typed_method(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """Value of `object.name(arguments)`."""
    assert isinstance(target.receiver, TypeValue)
    name, owner = target.name, target.receiver.name
    if owner.endswith("BackgroundTasks") and name == "add_task":
        return _background(self, "BackgroundTasks.add_task", arguments, node, state)
    if name in QUEUES.get(owner, ()):
        return _background(self, f"{owner.rsplit('.', 1)[-1]}.{name}", arguments, node, state)
    if owner in {"loop", "asyncio.AbstractEventLoop"}:
        return _loop(self, name, arguments, node, state)
    if owner in {"exit_stack", "contextlib.AsyncExitStack"}:
        return _exit_stack(self, target, arguments, node, state)
    if owner in DRIVER_CONNECTIONS or owner in DRIVER_CURSORS:
        return driver_method(self, owner, name, node)
    from asyncsa_lint.flow.calling.calls import out_of_sight

    return out_of_sight(self, arguments, node, state)


def _background(self: Interpreter, spawner: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    work = arguments.get(0, "func") or UNKNOWN
    rest = Arguments(arguments.positional[1:], tuple(k for k in arguments.keywords if k[0] != "func"))
    handover.hand_to_background(self, spawner, work, rest, node, state)
    given_away(arguments.values(), state)
    return NONE


def _loop(self: Interpreter, name: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """An event loop."""
    if name == "create_task":
        return concurrency.spawn(
            self, "asyncio.create_task", arguments.get(0, "coro") or UNKNOWN, node, state
        )
    if name == "run_in_executor" and len(arguments.positional) > 1:
        work, rest = arguments.positional[1], Arguments(arguments.positional[2:])
        return concurrency.to_thread(self, "run_in_executor", work, rest, node, state)
    if name in LOOP_HOOKS and len(arguments.positional) > LOOP_HOOKS[name]:
        registered(self, arguments.positional[LOOP_HOOKS[name]], node, state, self.source.segment(node.func))
    if name == "run_until_complete":
        return inner(self, arguments.get(0, "future") or UNKNOWN, node, state)
    return UNKNOWN


def _exit_stack(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """`enter_async_context`, and the callbacks: the synchronous one drops the coroutine it gets."""
    if target.name == "enter_async_context":
        return Pending(target, arguments, "coroutine", node, self.module)
    if target.name == "callback" and arguments.positional:
        registered(self, arguments.positional[0], node, state, "stack.callback")
    given_away(arguments.values(), state)
    if target.name == "push_async_exit" and arguments.positional:
        record = state.object_of(arguments.positional[0])
        return arguments.positional[0] if isinstance(record, Session) else UNKNOWN
    return UNKNOWN
