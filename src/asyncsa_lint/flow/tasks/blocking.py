"""Calls that wait for a database in the thread of the event loop.

A synchronous driver returns when the database has answered; whatever else the loop has
to do waits as long. A call counts where an `async def` makes it, or a plain function that
an `async def` calls: the finding stands in the `async def`, and the trail leads to the
call that waits. Threads, `run_sync` and coroutines of the asynchronous interface do not
block; start-up code does, but nothing is waiting for the loop yet, and a script whose loop
runs one coroutine that starts no tasks has nobody else to hold up.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.findings import Related
from asyncsa_lint.flow.events import BlockingCall
from asyncsa_lint.flow.states.values import UNKNOWN, Arguments, Const, TypeValue, Value
from asyncsa_lint.knowledge.asyncio import CALLS
from asyncsa_lint.knowledge.drivers import (
    BLOCKING_CONNECTION,
    BLOCKING_CURSOR,
    CONNECTORS,
    CURSOR_OF,
    DRIVER_CONNECTIONS,
    DRIVER_CURSORS,
)
from asyncsa_lint.project.registrations import Role
from asyncsa_lint.project.symbols import External, FunctionInfo, ModuleInfo

if TYPE_CHECKING:
    from asyncsa_lint.flow.calling.summaries import Summary
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.flow.lifecycle.scene import Scene
    from asyncsa_lint.project.callgraph import CallSite

_IN_MEMORY = Const(":memory:")
_STARTING = (Role.LIFESPAN, Role.STARTUP_HANDLER)
_DEPTH = 3
"""How far from the start-up code its coroutines are looked for."""
_MOST = 60
"""The most functions behind a run of an event loop that are looked at for tasks."""
_TASK_STARTERS = frozenset({"create_task", "gather", "wait", "as_completed", "task_group"})
_STARTING_METHODS = frozenset({"create_task", "ensure_future", "start_soon"})


Place: TypeAlias = "tuple[str, int, int]"


@dataclass(frozen=True, slots=True)
class Wait:
    """The first call of a plain function that waits for a database."""

    interface: str
    """`Session`, `Connection`, `Engine`, or the name of a driver."""
    trail: tuple[Related, ...]
    """The calls that lead to it, and itself."""


def waits(self: Interpreter, interface: str, node: ast.AST) -> None:
    """The call at `node` waits; what is awaited is no synchronous call, whatever its type was declared as."""
    if node is self.awaited_call or self.off_loop or self.context.in_greenlet or self.function is None:
        return
    _met(self, interface, node, (), f"`{_called(self, node)}()` waits for the database here")


def called(self: Interpreter, summary: Summary, node: ast.AST) -> None:
    """A plain function has been called that waits somewhere inside."""
    wait = summary.waits
    if wait is None or self.off_loop or self.context.in_greenlet or self.function is None:
        return
    _met(self, wait.interface, node, wait.trail, f"`{summary.symbol}` is called here")


def _called(self: Interpreter, node: ast.AST) -> str:
    return self.source.segment(node.func if isinstance(node, ast.Call) else node)


def _met(self: Interpreter, interface: str, node: ast.AST, trail: tuple[Related, ...], words: str) -> None:
    function = self.function
    assert function is not None
    if not function.facts.is_async:
        if self.waits is None:
            self.waits = Wait(interface, (Related(self.span(node), words, after=True), *trail))
        return
    context = self.context
    if context.is_test(function.module.path) or _is_starting(context.lifecycle.scene, function, _DEPTH):
        return
    context.publish(
        BlockingCall(
            span=self.span(node),
            symbol=self.symbol,
            trail=trail,
            interface=interface,
            expression=_called(self, node),
        )
    )


def _is_starting(scene: Scene, function: FunctionInfo, depth: int) -> bool:
    """Start-up code, what has an event loop to itself, and coroutines that only these await."""
    if any(scene.roles.has(function, role) for role in _STARTING):
        return True
    if not depth or scene.roles.of(function):
        return False
    sites = scene.graph.callers(function)
    awaited = {_place(site.caller.module, site.node) for site in sites if _is_awaited(scene, site)}
    runs: list[tuple[FunctionInfo | ModuleInfo, ast.AST]] = [(site.caller, site.node) for site in sites]
    runs += scene.graph.module_calls(function)
    loops = {_place(_module_of(at), node) for at, node in runs if scene.begins_a_loop(at, node)}
    known = awaited | loops
    if not known or len(known) < len(runs) or _is_mentioned_besides(scene, function, known):
        return False
    if loops and not _is_sequential(scene, function):
        return False
    return all(_is_starting(scene, site.caller, depth - 1) for site in sites if _is_awaited(scene, site))


def _is_sequential(scene: Scene, function: FunctionInfo) -> bool:
    """Nothing that the function leads to starts a task: nobody waits for its loop meanwhile."""
    seen = {function: None}
    todo = [function]
    while todo and len(seen) <= _MOST:
        each = todo.pop()
        body = scene.project.node(each)
        if body is None or any(_starts_tasks(scene, each, node) for node in walk(body)):
            return False
        fresh = [site.target for site in scene.graph.callees(each) if site.target not in seen]
        seen.update(dict.fromkeys(fresh))
        todo += fresh
    return not todo


def _starts_tasks(scene: Scene, function: FunctionInfo, node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    symbol = scene.inference.symbol(function, node.func)
    if isinstance(symbol, External):
        return CALLS.get(symbol.name) in _TASK_STARTERS
    return isinstance(node.func, ast.Attribute) and node.func.attr in _STARTING_METHODS


def _module_of(scope: FunctionInfo | ModuleInfo) -> ModuleInfo:
    return scope.module if isinstance(scope, FunctionInfo) else scope


def _is_awaited(scene: Scene, site: CallSite) -> bool:
    tree = scene.tree(site.caller.module)
    return tree is not None and isinstance(tree.parent(site.node), ast.Await)


def _place(module: ModuleInfo, node: ast.AST) -> Place:
    return (module.path, getattr(node, "lineno", 0), getattr(node, "col_offset", 0))


def _is_mentioned_besides(scene: Scene, function: FunctionInfo, awaited: set[Place]) -> bool:
    """The name stands elsewhere than in those calls: the function may be handed to somebody."""
    name = function.facts.name
    for module in scene.modules((name.encode(),)):
        tree = scene.tree(module)
        for node in tree.named(name) if tree is not None else ():
            call = tree.parent(node) if tree is not None else None
            if call is None or _place(module, call) not in awaited:
                return True
    return False


@contextmanager
def elsewhere(self: Interpreter) -> Iterator[None]:
    """What is called inside runs in another thread, or on behalf of nobody in sight."""
    outer, self.off_loop = self.off_loop, True
    try:
        yield
    finally:
        self.off_loop = outer


def connect(self: Interpreter, name: str, arguments: Arguments, node: ast.AST) -> Value:
    """`psycopg2.connect(...)`: a connection; an SQLite database in memory opens nothing."""
    made = CONNECTORS[name]
    driver = DRIVER_CONNECTIONS[made]
    if arguments.get(0, "database") != _IN_MEMORY:
        waits(self, driver, node)
    return TypeValue(made)


def driver_method(self: Interpreter, owner: str, name: str, node: ast.AST) -> Value:
    """A method of a driver's connection or cursor."""
    driver = DRIVER_CONNECTIONS.get(owner)
    if driver is None:
        driver, blocking = DRIVER_CURSORS[owner], BLOCKING_CURSOR
    else:
        if name == "cursor":
            return TypeValue(CURSOR_OF[owner])
        blocking = BLOCKING_CONNECTION
    if name not in blocking:
        return UNKNOWN
    waits(self, driver, node)
    # `execute` gives a cursor in sqlite3, psycopg and pyodbc; what else it gives is of no interest.
    return TypeValue(CURSOR_OF.get(owner, owner)) if name == "execute" else UNKNOWN
