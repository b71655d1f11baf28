"""Values of names bound in module and class bodies.

The right-hand side is evaluated once, in the module's own scope. Objects it makes become
process-wide: they get ids made of names, so every function sees the same engine, factory
or manager object.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.facts.records import Binding, BindingKind
from asyncsa_lint.flow.orm.factories import configured_elsewhere
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import DictObject, ListObject, ProjectObject
from asyncsa_lint.flow.states.paths import GiveUp, Idle
from asyncsa_lint.flow.states.state import State, renamed, renamed_object
from asyncsa_lint.flow.states.values import (
    NONE,
    PLACEHOLDER,
    UNKNOWN,
    ExternalValue,
    FactoryValue,
    ObjectId,
    Value,
)

if TYPE_CHECKING:
    from asyncsa_lint.flow.context import AnalysisContext
    from asyncsa_lint.project.symbols import ValueInfo


def module_value(context: AnalysisContext, info: ValueInfo, owner: str, name: str) -> Value:
    """What all bindings of the name agree on; a factory that is configured later may expire or not."""
    qualified = ".".join(filter(None, (info.module.name, owner, name)))
    if qualified in context.own_calls:
        return ExternalValue(qualified)
    value = _agreed(context, info, owner, name)
    if isinstance(value, FactoryValue) and configured_elsewhere(context, info, name):
        return replace(value, expire_on_commit=None)
    return value


def _agreed(context: AnalysisContext, info: ValueInfo, owner: str, name: str) -> Value:
    # A name that is None for ever is of no use: other modules assign `module.name`.
    placeholder = all(binding.value is not None and binding.value.text == "None" for binding in info.bindings)
    rebound = not owner and (placeholder or name in info.module.global_names)
    values: list[Value] = []
    for position, binding in enumerate(info.bindings):
        value = _value(context, info, binding, (info.module.name, owner, name, str(position)))
        if rebound and value in (NONE, UNKNOWN):
            value = _typed(context, info, binding, (info.module.name, owner, name, PLACEHOLDER))
        values.append(value)
    known = [value for value in values if value is not UNKNOWN]
    if rebound and (len(known) != 1 or (placeholder and known[0] == NONE)):
        return UNKNOWN
    if not known:
        return UNKNOWN
    if all(value == known[0] for value in known):
        return known[0] if len(known) == len(values) or known[0] != NONE else UNKNOWN
    factories = [value for value in known if isinstance(value, FactoryValue)]
    if len(factories) == len(known):
        same = all(f.expire_on_commit is factories[0].expire_on_commit for f in factories)
        return factories[0] if same else FactoryValue(factories[0].is_async, None)
    return known[-1] if known[0] == NONE else UNKNOWN


def _value(context: AnalysisContext, info: ValueInfo, binding: Binding, ident: tuple[str, ...]) -> Value:
    if binding.kind is not BindingKind.ASSIGN or binding.value is None or binding.index is not None:
        return UNKNOWN
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

    activation = Interpreter(context, info.module, cls=info.owner)
    state = State(context.shared)
    node = parse(binding.value)
    try:
        found = activation.evaluate(node, state)
    except (GiveUp, Idle, RecursionError):
        return UNKNOWN
    if len(found) != 1:
        return UNKNOWN
    value, after = found[0]
    record = after.object_of(value)
    if isinstance(record, ListObject | DictObject) and not record.items:
        # Made empty for functions to fill: what it holds by then is not known here.
        kept = _register(context, info, binding, after)
        return (
            promote(context, kept, after, ident)
            if kept is not None
            else _typed(context, info, binding, ident)
        )
    return promote(context, value, after, ident)


def _register(context: AnalysisContext, info: ValueInfo, binding: Binding, state: State) -> Value | None:
    """A container in a class body into which methods of the class put their own object."""
    cls = info.owner
    if cls is None:
        return None
    for base in (cls, *context.project.subclasses(cls)):
        for method in context.assignments.methods(base):
            if context.project.calls(method).isdisjoint(_ENTERING):
                continue
            node = context.project.node(method)
            receiver = method.facts.parameters[0].name if method.facts.parameters else ""
            owners = {cls.facts.name, receiver}
            if node is not None and any(_enters(call, binding.name, owners, receiver) for call in walk(node)):
                element = state.new(ProjectObject(cls=base, exact=False))
                return state.new(ListObject(items=None, element=element, kind="set"))
    return None


_ENTERING = frozenset({"add", "append"})


def _enters(node: ast.AST, register: str, owners: set[str], receiver: str) -> bool:
    """`self.register.add(self)`, `Class.register.append(self)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or len(node.args) != 1:
        return False
    holder, given = node.func.value, node.args[0]
    return (
        node.func.attr in _ENTERING
        and isinstance(holder, ast.Attribute)
        and holder.attr == register
        and isinstance(holder.value, ast.Name)
        and holder.value.id in owners
        and isinstance(given, ast.Name)
        and given.id == receiver
    )


def _typed(context: AnalysisContext, info: ValueInfo, binding: Binding, ident: tuple[str, ...]) -> Value:
    """A placeholder filled later (`engine: AsyncEngine | None = None`): only its type is known."""
    if binding.annotation is None:
        return UNKNOWN
    from asyncsa_lint.flow.evaluation.annotations import value_of_annotation
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

    state = State(context.shared)
    value = value_of_annotation(
        Interpreter(context, info.module), parse(binding.annotation), state, origin="module"
    )
    return promote(context, value, state, ident)


def promote(context: AnalysisContext, value: Value, state: State, ident: tuple[str, ...]) -> Value:
    """Make the objects behind the value process-wide."""
    names: dict[ObjectId, ObjectId] = {}
    waiting: list[ObjectId] = []

    def rename(old: ObjectId) -> ObjectId:
        if type(old) is tuple:
            return old
        known = names.get(old)
        if known is None:
            known = names[old] = (*ident, str(len(names)))
            waiting.append(old)
        return known

    result = renamed(value, rename)
    while waiting:
        old = waiting.pop()
        record = state.get(old)
        if record is not None:
            context.shared[names[old]] = renamed_object(record, rename)
    return result
