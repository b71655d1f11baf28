"""Attributes that an object does not show: what another method fills, what a constructor made in passing.

    class Database:
        def __init__(self) -> None:
            self._factory: async_sessionmaker[AsyncSession] | None = None

        def connect(self, url: str) -> None:        # the lifespan calls it
            self._factory = async_sessionmaker(create_async_engine(url), expire_on_commit=False)

    database = Database()

By the time a request reads `database._factory`, `connect` has run, and the attribute is what its one
assignment says. Nothing is said where there are several, or where the value is no factory, engine or
registry of sessions: of other values it matters when they were assigned.

    class Service:
        def __init__(self) -> None:
            self._presenter = Presenter()

A constructor that does nothing of interest is not entered, so what it makes is looked up when it is read.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.evaluation.globals import promote
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import Engine, ProjectObject, Session
from asyncsa_lint.flow.states.paths import GiveUp, Idle, PathEnds
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN, FactoryValue, Ref, Value
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def filled_later(self: Interpreter, value: Ref, record: ProjectObject, name: str) -> Value | None:
    """What the attribute of a process-wide object holds once it is in use; None where that is not known."""
    if not isinstance(value.id, tuple) or not record.exact:
        return None
    known = self.context.filled
    key = (record.cls, name)
    if key not in known:
        known[key] = None
        given = [
            (function, node)
            for function, _, node in self.context.assignments.of(record.cls, name)
            if node is not None and not (isinstance(node, ast.Constant) and node.value is None)
        ]
        if len(given) == 1:
            known[key] = _evaluated(self, value, name, *given[0])
    return known[key]


def made_in_passing(self: Interpreter, value: Ref, record: ProjectObject, name: str, state: State) -> Value:
    """An object of a class of the project, where the one assignment of the attribute calls the class."""
    known = self.context.made_in_passing
    key = (record.cls, name)
    if key not in known:
        given = self.context.assignments.of(record.cls, name)
        known[key] = _called_class(self, *given[0]) if len(given) == 1 else None
    cls = known[key]
    if cls is None:
        return UNKNOWN
    made = state.new(ProjectObject(cls=cls))
    state.put(value.id, replace(record, attributes={**record.attributes, name: made}))
    return made


def _called_class(
    self: Interpreter, function: FunctionInfo, _: ast.expr | None, value: ast.expr | None
) -> ClassInfo | None:
    context = self.context
    called = value.func if isinstance(value, ast.Call) and function.facts.name == "__init__" else None
    found = None if called is None else context.project.resolve_expr(function, called)
    if not isinstance(found, ClassInfo) or context.models.get(found) is not None or context.is_schema(found):
        return None
    return found if context.inertness.is_inert(found) else None


def _evaluated(
    self: Interpreter, owner: Ref, name: str, function: FunctionInfo, node: ast.expr
) -> Value | None:
    """The value that a method assigns, with the object itself and nothing else in hand."""
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    context = self.context
    activation = Activation(
        context, function.module, function, depth=self.depth + 1, cls=context.owner_class(function)
    )
    state = State(context.shared)
    state.set(function.facts.parameters[0].name, owner)
    try:
        with context.apart(), context.trying():
            found = activation.evaluate(node, state)
    except (GiveUp, Idle, PathEnds, RecursionError):
        return None
    if len(found) != 1:
        return None
    made, after = found[0]
    record = after.object_of(made)
    registry = isinstance(record, Session) and record.kind == "scoped"
    if isinstance(made, FactoryValue) or isinstance(record, Engine) or registry:
        return promote(context, made, after, (function.module.name, function.symbol, name, "filled"))
    return None
