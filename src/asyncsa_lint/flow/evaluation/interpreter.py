"""Walks one function body over abstract states, in evaluation order.

An `Interpreter` is one activation of one function (or module body). Statements take a
state and give the states after them; paths that leave a block go to the current `Sink`.
It decides nothing about rules: what happens on the way is published as events by the
modules that know the libraries.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.findings import Related, Span
from asyncsa_lint.flow.evaluation import conditions, contexts, loops
from asyncsa_lint.flow.evaluation.guarded import guards_elements
from asyncsa_lint.flow.states.liveness import forget_dead
from asyncsa_lint.flow.states.paths import (
    Choices,
    GiveUp,
    PathEnds,
    Raised,
    Sink,
    bounded,
    explore,
    merge,
    void,
)
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN, ObjectId, Value

if TYPE_CHECKING:
    from asyncsa_lint.flow.calling.summaries import PendingRead
    from asyncsa_lint.flow.context import AnalysisContext
    from asyncsa_lint.flow.orm.foreign import Refreshed
    from asyncsa_lint.flow.tasks.blocking import Wait
    from asyncsa_lint.flow.web.dependencies import Request
    from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo, ModuleInfo
    from asyncsa_lint.source import SourceText

RAISING = (ast.Call, ast.Await, ast.Yield)
"""A `yield` raises what the consumer throws into the generator."""


class Interpreter:
    """One activation. `inputs` are the objects that existed before the call."""

    def __init__(
        self,
        context: AnalysisContext,
        module: ModuleInfo,
        function: FunctionInfo | None = None,
        *,
        inputs: frozenset[ObjectId] = frozenset(),
        depth: int = 0,
        cls: ClassInfo | None = None,
    ) -> None:
        self.context = context
        self.module = module
        self.function = function
        self.inputs = inputs
        self.depth = depth
        self.cls = cls
        self.sink = Sink()
        self.choices = Choices()
        self.yields: list[tuple[Value, State]] = []
        self.pending: dict[object, PendingRead] = {}
        self.try_depth = 0
        self.awaited_call: ast.AST | None = None
        self.globals_declared: frozenset[str] = frozenset()
        self.request: Request | None = None
        self.received: frozenset[ObjectId] = frozenset()
        """Process-wide objects among the arguments: the caller answers for what is put into them."""
        self.waits: Wait | None = None
        """The first call that waits for a database in the thread of whoever called this function."""
        self.refreshed: dict[Refreshed, None] = {}
        """Instances of the caller's that were refreshed in sessions of the caller's."""
        self.endless: list[State] = []
        """Turns of loops that end only when the task is cancelled."""
        self.off_loop = False
        """What is called now runs in another thread."""
        self._source: SourceText | None = None

    # -- places ---------------------------------------------------------------

    @property
    def source(self) -> SourceText:
        if self._source is None:
            found = self.context.project.places(self.module.path)
            if found is None:
                raise GiveUp("source")
            self._source = found
        return self._source

    @property
    def symbol(self) -> str:
        return self.function.symbol if self.function is not None else ""

    def span(self, node: ast.AST) -> Span:
        return self.source.span(node)

    def step(self, node: ast.AST, message: str) -> Related:
        return Related(self.span(node), message)

    # -- blocks ---------------------------------------------------------------

    def block(self, body: list[ast.stmt], states: list[State]) -> list[State]:
        """States after the statements; leaving paths are in the sink."""
        for statement in body:
            if not states:
                break
            self.context.bounds.spend()
            if self.try_depth and _may_raise(statement):
                self.sink.raises.extend(Raised(state.fork(), implicit=True) for state in states)
            compound = _COMPOUND.get(type(statement))
            if compound is not None:
                after = compound(self, statement, states)
            else:
                handler = _SIMPLE.get(type(statement), _pass)
                after = [one for state in states for one in handler(self, statement, state)]
            if compound is not None or len(after) > len(states):
                if len(after) > 1 and self.function is not None:
                    forget_dead(after, statement, self.context.last_reads(self.function))
                after = merge(after)
            states = after
        return states

    def run(self, state: State, action: Callable[[State], None]) -> list[State]:
        """States after an action made of expressions, over all its choices."""
        after: list[State] = []

        def once(fork: State, choices: Choices) -> None:
            outer = self.choices
            self.choices = choices
            try:
                action(fork)
                after.append(fork)
            except PathEnds as end:
                self.sink.raises.append(Raised(end.state, end.exception))
            finally:
                self.choices = outer

        explore(state, once)
        return after

    def evaluate(self, node: ast.expr, state: State) -> list[tuple[Value, State]]:
        """Values of an expression with the state after each."""
        found: list[tuple[Value, State]] = []

        def action(fork: State) -> None:
            found.append((self.eval(node, fork), fork))

        self.run(state, action)
        return found

    def eval(self, node: ast.expr, state: State) -> Value:
        from asyncsa_lint.flow.evaluation.evaluator import evaluate

        return evaluate(self, node, state)


def _may_raise(statement: ast.stmt) -> bool:
    """Simple statements with a call or await; compound ones are entered instead."""
    if isinstance(statement, ast.Expr | ast.Assign | ast.Return | ast.AnnAssign | ast.AugAssign):
        value = statement.value
        return isinstance(value, RAISING) or any(isinstance(n, RAISING) for n in walk(value or statement))
    return isinstance(statement, ast.With | ast.AsyncWith | ast.For | ast.AsyncFor)


def _expression(self: Interpreter, statement: ast.Expr, state: State) -> list[State]:
    from asyncsa_lint.flow.tasks.coroutines import dropped

    return self.run(state, lambda s: dropped(self, statement.value, self.eval(statement.value, s), s))


def _assign(self: Interpreter, statement: ast.Assign, state: State) -> list[State]:
    from asyncsa_lint.flow.evaluation.assignment import assign

    def action(s: State) -> None:
        value = self.eval(statement.value, s)
        for target in statement.targets:
            assign(self, target, value, s, statement.value)

    return self.run(state, action)


def _annotated(self: Interpreter, statement: ast.AnnAssign, state: State) -> list[State]:
    from asyncsa_lint.flow.evaluation.annotations import value_of_annotation
    from asyncsa_lint.flow.evaluation.assignment import assign
    from asyncsa_lint.flow.tasks.escapes import is_kept_by_app

    def action(s: State) -> None:
        if statement.value is None:
            return
        value = self.eval(statement.value, s)
        if value is UNKNOWN or is_kept_by_app(value):
            declared = value_of_annotation(self, statement.annotation, s)
            value = value if declared is UNKNOWN else declared
        assign(self, statement.target, value, s, statement.value)

    return self.run(state, action)


def _augmented(self: Interpreter, statement: ast.AugAssign, state: State) -> list[State]:
    from asyncsa_lint.flow.evaluation.assignment import augmented

    return self.run(state, lambda s: augmented(self, statement, s))


def _return(self: Interpreter, statement: ast.Return, state: State) -> list[State]:
    from asyncsa_lint.flow.states.values import NONE

    if statement.value is None:
        self.sink.returns.append((NONE, state))
        return []
    for value, after in self.evaluate(statement.value, state):
        self.context.note_return(self, statement, value, after)
        after.returned = statement.value
        self.sink.returns.append((value, after))
    return []


def _raise(self: Interpreter, statement: ast.Raise, state: State) -> list[State]:
    name = ""
    node = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    if isinstance(node, ast.Name):
        name = node.id
    elif isinstance(node, ast.Attribute):
        name = node.attr
    if statement.exc is None:
        self.sink.raises.append(Raised(state))
        return []
    exception = statement.exc
    for after in self.run(state, lambda s: void(self.eval(exception, s))):
        self.sink.raises.append(Raised(after, name))
    return []


def _delete(self: Interpreter, statement: ast.Delete, state: State) -> list[State]:
    from asyncsa_lint.flow.evaluation.assignment import delete

    def action(s: State) -> None:
        for target in statement.targets:
            delete(self, target, s)

    return self.run(state, action)


def _if(self: Interpreter, statement: ast.If, states: list[State]) -> list[State]:
    branches = [conditions.branch(self, statement.test, state) for state in states]
    yes = bounded([one for taken, _ in branches for one in taken])
    no = bounded(
        [
            one
            for state, (taken, passed) in zip(states, branches, strict=True)
            if not taken or not guards_elements(statement, state)
            for one in passed
        ]
    )
    return self.block(statement.body, yes) + self.block(statement.orelse, no)


def _assert(self: Interpreter, statement: ast.Assert, state: State) -> list[State]:
    yes, _ = conditions.branch(self, statement.test, state)
    return yes


def _function(
    self: Interpreter, statement: ast.FunctionDef | ast.AsyncFunctionDef, state: State
) -> list[State]:
    from asyncsa_lint.flow.evaluation.definitions import define_function

    return self.run(state, lambda s: define_function(self, statement, s))


def _class(self: Interpreter, statement: ast.ClassDef, state: State) -> list[State]:
    from asyncsa_lint.flow.evaluation.definitions import define_class

    define_class(self, statement, state)
    return [state]


def _global(self: Interpreter, statement: ast.Global, state: State) -> list[State]:
    self.globals_declared |= frozenset(statement.names)
    return [state]


def _import(self: Interpreter, statement: ast.Import | ast.ImportFrom, state: State) -> list[State]:
    from asyncsa_lint.flow.evaluation.definitions import define_import

    define_import(self, statement, state)
    return [state]


def _break(self: Interpreter, _: ast.Break, state: State) -> list[State]:
    self.sink.breaks.append(state)
    return []


def _continue(self: Interpreter, _: ast.Continue, state: State) -> list[State]:
    self.sink.continues.append(state)
    return []


def _pass(_: Interpreter, __: ast.stmt, state: State) -> list[State]:
    return [state]


_SIMPLE: dict[type[ast.stmt], Callable[..., list[State]]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Delete: _delete,
    ast.Assert: _assert,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Global: _global,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.Break: _break,
    ast.Continue: _continue,
}
"""Take one path; the rest leaves it as it is."""
_COMPOUND: dict[type[ast.stmt], Callable[..., list[State]]] = {
    ast.If: _if,
    ast.Try: contexts.exec_try,
    ast.TryStar: contexts.exec_try,
    ast.With: contexts.exec_with,
    ast.AsyncWith: contexts.exec_with,
    ast.For: loops.exec_for,
    ast.AsyncFor: loops.exec_for,
    ast.While: loops.exec_while,
    ast.Match: conditions.exec_match,
}
"""Take all paths at once: one by one, the paths of nested blocks would multiply."""
