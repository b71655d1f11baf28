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
from asyncsa_lint.flow.states.paths import Raised, Sink, in_groups, merge
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


def exec_try(self: Interpreter, statement: ast.Try | ast.TryStar, states: list[State]) -> list[State]:
    depth = len(states[0].frames)
    outer = self.sink
    inner = Sink()
    self.sink = inner
    self.try_depth += 1
    try:
        ended = self.block(statement.body, states)
    finally:
        self.try_depth -= 1
        self.sink = outer
    late = Sink()
    self.sink = late
    try:
        ended = self.block(statement.orelse, ended)
        caught, uncaught = _handle(self, statement, inner.raises, depth)
    finally:
        self.sink = outer
    ended = merge(ended + caught)
    if not statement.finalbody:
        outer.take(inner, raises=uncaught)
        outer.take(late)
        return ended
    for sink in (inner, late):
        _leave(self, statement.finalbody, sink, outer, depth)
    for raises in (uncaught, late.raises):
        _pass_on(self, statement.finalbody, raises, outer, depth)
    return self.block(statement.finalbody, ended)


def _leave(self: Interpreter, final: list[ast.stmt], sink: Sink, outer: Sink, depth: int) -> None:
    """Paths that return, break or continue pass through `finally`."""
    for value, state in sink.returns:
        outer.returns.extend((value, after) for after in self.block(final, [state.outside(depth)]))
    if sink.breaks:
        outer.breaks += self.block(final, merge([state.outside(depth) for state in sink.breaks]))
    if sink.continues:
        outer.continues += self.block(final, merge([state.outside(depth) for state in sink.continues]))


def _pass_on(self: Interpreter, final: list[ast.stmt], raises: list[Raised], outer: Sink, depth: int) -> None:
    """Exceptions that nobody has caught pass through `finally`, those of one kind together."""
    kinds: dict[tuple[str, bool, bool], list[State]] = {}
    for raised in raises:
        kind = (raised.exception, raised.implicit, raised.passed)
        kinds.setdefault(kind, []).append(raised.state.outside(depth))
    for (exception, implicit, passed), states in kinds.items():
        for after in self.block(final, merge(states)):
            outer.raises.append(Raised(after, exception, implicit, passed))


def _handle(
    self: Interpreter, statement: ast.Try | ast.TryStar, raises: list[Raised], depth: int
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
        entered = [raised.state.fork().outside(depth) for raised in taken]
        if handler.name:
            for entry in entered:
                entry.set(handler.name, UNKNOWN)
        for group in in_groups(entered):
            ended += self.block(handler.body, group)
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


def exec_with(self: Interpreter, statement: ast.With | ast.AsyncWith, states: list[State]) -> list[State]:
    return _items(self, statement, 0, states)


def _items(
    self: Interpreter, statement: ast.With | ast.AsyncWith, position: int, states: list[State]
) -> list[State]:
    """The body, with every way out passing the exits of the managers from this position on."""
    if position == len(statement.items):
        return self.block(statement.body, states)
    depth = len(states[0].frames) if states else 0
    begun = [entered for state in states for entered in _enter(self, statement, position, state)]
    outer = self.sink
    inner = Sink()
    self.sink = inner
    try:
        ended = _items(self, statement, position + 1, merge(begun))
    finally:
        self.sink = outer
    for value, one in inner.returns:
        outer.returns.extend((value, left) for left in _left(one, depth))
    outer.breaks.extend(left for one in inner.breaks for left in _left(one, depth))
    outer.continues.extend(left for one in inner.continues for left in _left(one, depth))
    for raised in inner.raises:
        after = _left(raised.state, depth, exceptional=True)
        outer.raises.extend(replace(raised, state=left) for left in after)
    return merge([left for one in ended for left in _left(one, depth)])


def _enter(
    self: Interpreter, statement: ast.With | ast.AsyncWith, position: int, state: State
) -> list[State]:
    """The states inside the manager; each keeps in its innermost frame what leaving does."""
    from asyncsa_lint.flow.evaluation.managers import enter_manager

    item = statement.items[position]

    def enter(s: State) -> None:
        value = self.eval(item.context_expr, s)
        entered = enter_manager(self, value, statement, item.context_expr, s)
        if item.optional_vars is not None:
            assign(self, item.optional_vars, entered.value, s, item.context_expr)
        s.frames = (*s.frames, entered.leave)

    return self.run(state, enter)


def _left(state: State, depth: int, *, exceptional: bool = False) -> list[State]:
    """The states outside the manager that was entered at this depth."""
    leave: Leaving | None = state.frames[depth]
    outside = state.outside(depth)
    return [outside] if leave is None else leave(outside, exceptional)
