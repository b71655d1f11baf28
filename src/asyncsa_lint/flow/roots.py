"""Entering functions that nobody in sight calls: path operations, jobs, module bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.flow.calling.situations import reachable
from asyncsa_lint.flow.evaluation.annotations import object_of_class
from asyncsa_lint.flow.evaluation.interpreter import Interpreter
from asyncsa_lint.flow.events import HandedToBackground
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import (
    Application,
    Engine,
    Instance,
    ListObject,
    ProjectObject,
    Session,
)
from asyncsa_lint.flow.states.paths import GiveUp, Idle
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import NONE, ClassValue, FactoryValue, ObjectId, Ref, Value
from asyncsa_lint.flow.tasks import concurrency
from asyncsa_lint.flow.tasks.escapes import stored
from asyncsa_lint.flow.tasks.ownership import check_ends, check_returned
from asyncsa_lint.flow.web.dependencies import Request, parameter_value

if TYPE_CHECKING:
    from asyncsa_lint.flow.context import AnalysisContext
    from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo, ModuleInfo


def run_module(context: AnalysisContext, module: ModuleInfo) -> None:
    """The statements of the module, class attributes and parameter defaults."""
    source = context.project.source(module.path)
    if source is None:
        return
    context.bounds.begin()
    activation = Interpreter(context, module)
    state = State(context.shared)
    try:
        activation.block(source.tree.body, [state])
        for cls in context.project.classes(module):
            for binding in cls.facts.bindings:
                if binding.value is not None and binding.index is None:
                    _hold(activation, binding.value, "class")
        for function in context.project.functions(module):
            for parameter in function.facts.parameters:
                if parameter.default is not None:
                    _hold(activation, parameter.default, "default argument")
    except Idle:
        return
    except (GiveUp, RecursionError):
        context.gave_up("module body")


def _hold(activation: Interpreter, expr: object, holder: str) -> None:
    import ast

    from asyncsa_lint.facts.records import Expr

    assert isinstance(expr, Expr)
    node = parse(expr)
    if isinstance(node, ast.Call):
        for value, state in activation.evaluate(node, State(activation.context.shared)):
            stored(activation, value, holder, node, state)


def run_function(context: AnalysisContext, function: FunctionInfo) -> None:
    """Interpret a function with what its parameters declare."""
    node = context.project.node(function)
    if node is None:
        return
    cls = context.owner_class(function)
    activation = Interpreter(context, function.module, function, cls=cls)
    context.synchronous = not function.facts.is_async
    state = _entered(activation, function, cls)
    if context.synchronous and any(map(_is_asynchronous, (*state.heap.values(), *state.env.values()))):
        context.synchronous = False
        state = _entered(activation, function, cls)
    _assume_one_session(state.env, state)
    active = context.activity.is_active(function, synchronous=context.synchronous)
    if not active and not _brings_something(state):
        return
    owned = frozenset(state.heap)
    given = frozenset(i for i, record in state.heap.items() if isinstance(record, Session))
    ended = activation.block(node.body, [state])
    check_returned(activation)
    check_ends(activation, owned, ended)
    for value, last in [*((NONE, last) for last in ended), *activation.sink.returns]:
        _left_running(activation, given, owned, value, last)


def _entered(activation: Interpreter, function: FunctionInfo, cls: ClassInfo | None) -> State:
    """What there is at the beginning: the parameters, as they are declared."""
    context = activation.context
    activation.request = Request()
    state = State(context.shared)
    env: dict[str, Value] = {}
    for position, parameter in enumerate(function.facts.parameters):
        if position == 0 and cls is not None and "staticmethod" not in context.decorators_of(function):
            env[parameter.name] = _receiver(activation, function, cls, state)
        else:
            env[parameter.name] = parameter_value(activation, function, parameter, state)
    state.env = env
    return state


def _is_asynchronous(item: object) -> bool:
    """A session, engine or factory of such, or an object of the project that has a factory."""
    if isinstance(item, ProjectObject):
        return any(map(_is_asynchronous, item.attributes.values()))
    return isinstance(item, Session | Engine | FactoryValue) and item.is_async


def _assume_one_session(env: dict[str, Value], state: State) -> None:
    """Instances given beside a single session live in it: a documented default, so findings are `medium`.

    FastAPI hands out one session per request (TRUTH E), and helpers get it with the
    instances they work on.
    """
    sessions = [i for i, record in state.heap.items() if isinstance(record, Session) and record.is_async]
    if len(sessions) != 1 or not any(value == Ref(sessions[0]) for value in env.values()):
        return
    for value in env.values():
        record = state.object_of(value)
        if isinstance(record, ListObject) and record.element is not None:
            value = record.element
            record = state.object_of(value)
        if (
            isinstance(record, Instance)
            and isinstance(value, Ref)
            and record.session is None
            and record.plan is None
        ):
            state.put(value.id, replace(record, session=sessions[0], assumed=True))


def _brings_something(state: State) -> bool:
    """A parameter is, or holds, more than plain objects of the project."""
    return any(not isinstance(record, ProjectObject | Application) for record in state.heap.values())


def _receiver(activation: Interpreter, function: FunctionInfo, cls: object, state: State) -> Value:
    from asyncsa_lint.project.symbols import ClassInfo

    assert isinstance(cls, ClassInfo)
    if "classmethod" in activation.context.decorators_of(function):
        return ClassValue(cls)
    if function.facts.name == "__init__":
        return state.new(ProjectObject(cls=cls, exact=False))
    return object_of_class(activation, ClassValue(cls), state)


def _left_running(
    activation: Interpreter,
    given: frozenset[ObjectId],
    owned: frozenset[ObjectId],
    returned: Value,
    state: State,
) -> None:
    """Tasks that still run when the function ends, with a session that was handed to it.

    A task that is returned, kept by an object of the caller or in a group of the caller's may
    yet be awaited in time.
    """
    found = concurrency.task_sessions(state)
    kept = set(reachable([returned, *(Ref(i) for i in owned)], state)) if found else set()
    for ident, task, session in found:
        if session in given and task.created_at is not None and ident not in kept and task.group is None:
            activation.context.publish(
                HandedToBackground(
                    span=task.created_at, symbol=activation.symbol, spawner=task.spawner, what="session"
                )
            )
