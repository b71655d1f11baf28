"""The summaries of a project's functions: found for a situation, or made on first need."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from asyncsa_lint.facts.records import ParameterFacts
from asyncsa_lint.flow.calling.contradictions import Contradictions
from asyncsa_lint.flow.calling.getters import hands_out, keeps_global
from asyncsa_lint.flow.calling.matching import Matcher
from asyncsa_lint.flow.calling.situations import Slimmer, surroundings
from asyncsa_lint.flow.calling.summaries import Summary
from asyncsa_lint.flow.states.objects import HeapObject, Instance, ListObject, ProjectObject
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    BoundMethod,
    CallableValue,
    ClassValue,
    FactoryValue,
    FunctionValue,
    LambdaValue,
    LibraryMethod,
    MappedAttributeValue,
    ObjectId,
    OptionsValue,
    Partial,
    Pending,
    Ref,
    ResultValue,
    StatementValue,
    TupleValue,
    Value,
)
from asyncsa_lint.flow.web.dependencies import says_something
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo

if TYPE_CHECKING:
    from asyncsa_lint.flow.context import AnalysisContext
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

MAX_SITUATIONS = 16
"""Summaries kept per function and class of its first argument; further situations are unknown."""

MAX_RECURSION = 2
"""How often a function may be under way at once; deeper recursion is unknown."""

_HOLDING = (
    FactoryValue,
    CallableValue,
    Pending,
    Partial,
    StatementValue,
    OptionsValue,
    BoundMethod,
    LambdaValue,
)
_CARRYING = (
    StatementValue,
    OptionsValue,
    FactoryValue,
    CallableValue,
    Pending,
    Partial,
    MappedAttributeValue,
    ClassValue,
    FunctionValue,
    BoundMethod,
    LibraryMethod,
    LambdaValue,
    ResultValue,
)


class Summaries:
    """One per analysis; the order of a bucket only decides what is tried first."""

    def __init__(self, context: AnalysisContext) -> None:
        self._context = context
        self._summaries: dict[FunctionInfo, dict[object, list[Summary]]] = {}
        self._running: Counter[FunctionInfo] = Counter()
        self._declared: dict[tuple[FunctionInfo, str], bool] = {}
        self._getters: dict[FunctionInfo, bool] = {}
        self._contradictions = Contradictions(context.project)
        self.reached: set[FunctionInfo] = set()
        """Functions interpreted with at least all that entering them on their own would know."""

    def worth_entering(self, function: FunctionInfo, values: Iterable[Value], state: State) -> bool:
        """False when neither the arguments nor the body nor what it returns can be of interest."""
        owner = self._context.owner_class(function)
        for value in values:
            if isinstance(value, _CARRYING) and self._carries(value, owner):
                return True
            if isinstance(value, Ref) and _is_live(state.get(value.id), state, 0):
                return True
            if isinstance(value, TupleValue) and any(item is not UNKNOWN for item in value.items):
                return True
        context = self._context
        if context.activity.is_active(function, synchronous=context.synchronous):
            return True
        known = self._getters.get(function)
        if known is None:
            self._getters[function] = False
            known = self._getters[function] = keeps_global(self._context, function) or hands_out(
                self._context, function
            )
        return known

    def _carries(self, value: Value, owner: ClassInfo | None) -> bool:
        """A class or function counts by what it can do; its own class is what a method has anyway."""
        context = self._context
        if isinstance(value, ClassValue):
            if value.arguments or context.models.get(value.cls) is not None:
                return True
            return not context.inertness.is_inert(value.cls) and owner not in context.project.mro(value.cls)
        if isinstance(value, FunctionValue):
            return (
                value.raw
                or bool(value.captured)
                or context.activity.is_active(value.function, synchronous=context.synchronous)
            )
        return True

    def find(
        self,
        activation: Interpreter,
        function: FunctionInfo,
        env: dict[str, Value],
        node: ast.AST,
        state: State,
    ) -> tuple[Summary, dict[ObjectId, ObjectId]] | None:
        """The summary that holds for these arguments, made on first need; None when it is not worth it."""
        from asyncsa_lint.flow.calling.summarising import summarise

        context = self._context
        owner = context.owner_class(function)

        def is_blind(cls: ClassInfo) -> bool:
            # A method may hang something onto its own object, whatever that is now.
            return context.inertness.is_blind(cls) and (
                owner is None or owner not in context.project.mro(cls)
            )

        slimmer = Slimmer(state, is_blind, texts=context.reads_by_name(function))
        slim = {name: slimmer.argument(env[name]) for name in sorted(env)}
        if not self.worth_entering(function, slim.values(), state):
            return None
        bucket = (
            context.serialising,
            context.in_greenlet,
            context.synchronous,
            _first_class(function, slim, state),
        )
        known = self._summaries.setdefault(function, {}).setdefault(bucket, [])
        for position, summary in enumerate(known):
            mapping = Matcher(summary, state, slimmer).match(slim)
            if mapping is not None:
                # What has just held is likely to hold again.
                known.insert(0, known.pop(position))
                return summary, mapping
        running = self._running[function]
        if context.bounds.spent:
            # The root itself goes on to its end; what it still calls is not followed any more.
            context.gave_up("steps")
            return Summary((), {}, complete=False), {}
        if running >= MAX_RECURSION or len(known) >= MAX_SITUATIONS:
            context.gave_up("recursion" if running >= MAX_RECURSION else "situations")
            return Summary((), {}, complete=False), {}
        objects = surroundings(slim.values(), state, slimmer)
        if objects is None:
            context.gave_up("size")
            return Summary((), {}, complete=False), {}
        self._running[function] += 1
        try:
            made = summarise(activation, function, slim, objects, node, state)
        finally:
            self._running[function] -= 1
        known.append(made)
        if (
            made.complete
            and function not in self.reached
            and self._is_informed(activation, function, env, node)
        ):
            self.reached.add(function)
        return made, {ident: ident for ident in made.inputs}

    def _is_informed(
        self, activation: Interpreter, function: FunctionInfo, env: dict[str, Value], node: ast.AST
    ) -> bool:
        """Every parameter whose declaration says something has a value, or one of another class."""
        scope = activation.function or activation.module
        return not any(
            env.get(parameter.name, UNKNOWN) is UNKNOWN
            and self._is_declared(activation, function, parameter)
            and not self._contradictions.holds(scope, node, function, parameter)
            for parameter in function.facts.parameters
        )

    def _is_declared(
        self, activation: Interpreter, function: FunctionInfo, parameter: ParameterFacts
    ) -> bool:
        key = (function, parameter.name)
        known = self._declared.get(key)
        if known is None:
            with self._context.apart():
                known = self._declared[key] = says_something(activation, function, parameter)
        return known


def _first_class(function: FunctionInfo, env: dict[str, Value], state: State) -> object:
    """Class of the receiver or first argument: generic base classes are entered for many models.

    The function that a decorator was given tells its uses apart.
    """
    for given in env.values():
        if isinstance(given, FunctionValue) and given.raw:
            return given.function
    value = env.get(function.facts.parameters[0].name, UNKNOWN) if function.facts.parameters else UNKNOWN
    if isinstance(value, ClassValue):
        return value.cls
    record = state.object_of(value)
    if isinstance(record, Instance):
        return record.model.cls
    return record.cls if isinstance(record, ProjectObject) else type(value)


def _is_live(record: HeapObject | None, state: State, depth: int) -> bool:
    """The object itself matters, or holds something that does."""
    if isinstance(record, ProjectObject):
        return depth < 3 and any(
            isinstance(value, _HOLDING)
            or (isinstance(value, Ref) and _is_live(state.get(value.id), state, depth + 1))
            for value in record.attributes.values()
        )
    if isinstance(record, ListObject):
        return record.owner is not None or record.element is not None or bool(record.items)
    return record is not None
