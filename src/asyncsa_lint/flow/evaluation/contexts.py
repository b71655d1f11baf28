"""`try` and `with`: paths that leave a block early, and what a context manager does at its ends."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from asyncsa_lint.flow.evaluation.assignment import assign
from asyncsa_lint.flow.orm.transactions import DATABASE_ERROR
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.equivalence import equivalent
from asyncsa_lint.flow.states.paths import Raised, Sink, merge
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN, Value
from asyncsa_lint.knowledge.sqlalchemy import FAILED_READS
from asyncsa_lint.project.symbols import ClassInfo, External

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

CATCH_ALL = frozenset({"Exception", "BaseException"})
MAX_RAISE_POINTS = 4


Leaving: TypeAlias = "Callable[[State, bool], list[State]]"
"""Called with the state and whether an exception is on its way."""


@dataclass(slots=True)
class Entered:
    """What entering a context manager gives: the bound value, and what leaving does."""

    value: Value = UNKNOWN
    leave: Leaving | None = None
    """None: leaving does nothing of interest."""


def exec_try(self: Interpreter, statement: ast.Try | ast.TryStar, state: State) -> list[State]:
    outer = self.sink
    inner = Sink()
    self.sink = inner
    self.try_depth += 1
    before = state.fork()
    try:
        ended = self.block(statement.body, [state])
    finally:
        self.try_depth -= 1
        self.sink = outer
    late = Sink()
    self.sink = late
    try:
        ended = self.block(statement.orelse, ended)
        caught, uncaught = _handle(self, statement, inner.raises, before)
    finally:
        self.sink = outer
    ended = merge(ended + caught)
    for sink in (inner, late):
        _leave(self, statement.finalbody, sink, outer)
    outer.raises.extend(
        replace(raised, state=after)
        for raised in uncaught
        for after in self.block(statement.finalbody, [raised.state])
    )
    outer.raises.extend(
        replace(raised, state=after)
        for raised in late.raises
        for after in self.block(statement.finalbody, [raised.state])
    )
    return self.block(statement.finalbody, ended)


def _leave(self: Interpreter, final: list[ast.stmt], sink: Sink, outer: Sink) -> None:
    """Paths that return, break or continue pass through `finally`."""
    for value, state in sink.returns:
        outer.returns.extend((value, after) for after in self.block(final, [state]))
    for state in sink.breaks:
        outer.breaks.extend(self.block(final, [state]))
    for state in sink.continues:
        outer.continues.extend(self.block(final, [state]))


def _handle(
    self: Interpreter, statement: ast.Try | ast.TryStar, raises: list[Raised], before: State
) -> tuple[list[State], list[Raised]]:
    """Run the handlers on the states that raise; what no handler takes goes on."""
    remaining = _bounded(raises)
    ended: list[State] = []
    for handler in statement.handlers:
        names = handler_names(handler)
        taken = [r for r in remaining if _takes(self, handler, r, names)]
        if not CATCH_ALL.isdisjoint(names):
            remaining = []
        else:
            remaining = [r for r in remaining if r.implicit or r not in taken]
        for raised in taken:
            entry = raised.state.fork()
            if handler.name:
                entry.set(handler.name, UNKNOWN)
            ended.extend(self.block(handler.body, [entry]))
    return ended, [raised for raised in remaining if not raised.implicit]


def _takes(self: Interpreter, handler: ast.ExceptHandler, raised: Raised, names: frozenset[str]) -> bool:
    """The handler may be entered with what is on its way."""
    if raised.implicit:
        return raised.exception != DATABASE_ERROR or _catches_refusal(self, handler)
    return _matches(self, raised.exception, names)


def _catches_refusal(self: Interpreter, handler: ast.ExceptHandler) -> bool:
    """What a refused flush or commit raises: an error of SQLAlchemy or the driver, never `NoResultFound`."""
    if handler.type is None:
        return True
    for node in handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]:
        symbol = self.context.project.resolve_expr(self.function or self.module, node)
        if isinstance(symbol, ClassInfo):
            bases = [b.name for b in self.context.project.mro(symbol) if isinstance(b, External)]
            caught = any(not base.startswith("builtins.") and _is_refusal(base) for base in bases)
        else:
            caught = not isinstance(symbol, External) or _is_refusal(symbol.name)
        if caught:
            return True
    return False


def _is_refusal(name: str) -> bool:
    root, last = name.split(".", 1)[0], name.rsplit(".", 1)[-1]
    if root == "builtins":
        return last in _REFUSALS
    return root not in _OTHER_LIBRARIES and last not in {"NoResultFound", "MultipleResultsFound"}


_OTHER_LIBRARIES = frozenset({"fastapi", "starlette", "pydantic"})
_REFUSALS = CATCH_ALL | {"OSError", "ConnectionError", "TimeoutError"}


def _bounded(raises: list[Raised]) -> list[Raised]:
    """Raise points that differ; the earliest and the latest are kept first."""
    explicit = [raised for raised in raises if not (raised.implicit or raised.passed)]
    passed: list[Raised] = []
    points: list[Raised] = []
    for raised in raises:
        if raised.passed and not any(equivalent(each.state, raised.state) for each in passed):
            passed.append(raised)
        if raised.implicit and not any(equivalent(point.state, raised.state) for point in points):
            points.append(raised)
    if len(points) > MAX_RAISE_POINTS:
        points = points[:1] + points[-(MAX_RAISE_POINTS - 1) :]
    return points + explicit[:MAX_RAISE_POINTS] + passed[:MAX_RAISE_POINTS]


def handler_names(handler: ast.ExceptHandler) -> frozenset[str]:
    """Last names of the exception types; a bare `except` is BaseException."""
    if handler.type is None:
        return frozenset({"BaseException"})
    nodes = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return frozenset(
        n.id if isinstance(n, ast.Name) else n.attr for n in nodes if isinstance(n, ast.Name | ast.Attribute)
    )


def _matches(self: Interpreter, exception: str, names: frozenset[str]) -> bool:
    if not exception or exception in names or not CATCH_ALL.isdisjoint(names):
        return True
    if exception in FAILED_READS:
        return not names.isdisjoint(FAILED_READS[exception])
    raised = self.context.project.resolve(self.module, exception)
    if isinstance(raised, ClassInfo):
        lineage = {
            c.facts.name if isinstance(c, ClassInfo) else c.name.rsplit(".", 1)[-1]
            for c in self.context.project.mro(raised)
        }
        return not names.isdisjoint(lineage)
    return False


def exec_with(self: Interpreter, statement: ast.With | ast.AsyncWith, state: State) -> list[State]:
    return _items(self, statement, 0, [state])


def _items(
    self: Interpreter, statement: ast.With | ast.AsyncWith, position: int, states: list[State]
) -> list[State]:
    if position == len(statement.items):
        return self.block(statement.body, states)
    item = statement.items[position]
    after: list[State] = []
    passing: list[State] = []
    for state in states:
        opened: list[Entered] = []

        def enter(s: State, opened: list[Entered] = opened) -> None:
            from asyncsa_lint.flow.evaluation.managers import enter_manager

            value = self.eval(item.context_expr, s)
            entered = enter_manager(self, value, statement, item.context_expr, s)
            if item.optional_vars is not None:
                assign(self, item.optional_vars, entered.value, s, item.context_expr)
            opened.append(entered)

        for number, begun in enumerate(self.run(state, enter)):
            entered = opened[number] if number < len(opened) else Entered()
            if entered.leave is None:
                # However it was entered, the way out is the same: the body need not be told.
                passing.append(begun)
            else:
                after.extend(_inside(self, statement, position, entered.leave, begun))
    if passing:
        after.extend(_items(self, statement, position + 1, merge(passing)))
    return merge(after)


def _inside(
    self: Interpreter, statement: ast.With | ast.AsyncWith, position: int, leave: Leaving, state: State
) -> list[State]:
    """The body, with every way out passing the manager's exit."""
    outer = self.sink
    inner = Sink()
    self.sink = inner
    try:
        ended = _items(self, statement, position + 1, [state])
    finally:
        self.sink = outer
    after = [left for one in ended for left in leave(one, False)]
    for value, one in inner.returns:
        outer.returns.extend((value, left) for left in leave(one, False))
    outer.breaks.extend(left for one in inner.breaks for left in leave(one, False))
    outer.continues.extend(left for one in inner.continues for left in leave(one, False))
    for raised in inner.raises:
        outer.raises.extend(replace(raised, state=left) for left in leave(raised.state, True))
    return after
