"""Attributes of process-wide objects that another method than the constructor fills.

    class Database:
        def __init__(self) -> None:
            self._factory: async_sessionmaker[AsyncSession] | None = None

        def connect(self, url: str) -> None:        # the lifespan calls it
            self._factory = async_sessionmaker(create_async_engine(url), expire_on_commit=False)

    database = Database()

By the time a request reads `database._factory`, `connect` has run, and the attribute is what its one
assignment says. Nothing is said where there are several, or where the value is no factory, engine or
registry of sessions: of other values it matters when they were assigned.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.evaluation.globals import promote
from asyncsa_lint.flow.states.objects import Engine, ProjectObject, Session
from asyncsa_lint.flow.states.paths import GiveUp, Idle, PathEnds
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import FactoryValue, Ref, Value
from asyncsa_lint.project.symbols import FunctionInfo

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
