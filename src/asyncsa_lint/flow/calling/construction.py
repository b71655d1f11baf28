"""Calling classes of the project: mapped instances, carriers, services, repositories."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.facts.records import BindingKind, ParameterFacts, ParameterKind
from asyncsa_lint.flow.evaluation.containers import new_list
from asyncsa_lint.flow.orm.factories import make_session
from asyncsa_lint.flow.orm.plans import CREATED
from asyncsa_lint.flow.orm.writing import relate
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import DictObject, Instance, ListObject, Phase, ProjectObject
from asyncsa_lint.flow.states.paths import PathEnds
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    NONE,
    UNKNOWN,
    Arguments,
    CallableValue,
    ClassValue,
    LambdaValue,
    Ref,
    Value,
)
from asyncsa_lint.flow.tasks.blocking import elsewhere
from asyncsa_lint.knowledge.sqlalchemy import SESSION_CLASSES, SYNC_SESSION_CLASSES
from asyncsa_lint.project.local_names import receiver_assignments
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, ModelInfo
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

_UNSET_DEFAULTS = (2, 1)
"""SQLAlchemy since which the defaults of a mapped dataclass no longer count as set."""


def instantiate(
    self: Interpreter, target: ClassValue, arguments: Arguments, node: ast.AST, state: State
) -> Value:
    """`Class(arguments)`."""
    project = self.context.project
    model = self.context.models.get(target.cls)
    if model is not None and (model.is_table or not model.is_sqlmodel):
        if not model.is_table or self.context.synchronous:
            return UNKNOWN
        return _mapped(self, model, arguments, node, state)
    if project.is_subclass(target.cls, SESSION_CLASSES):
        return make_session(self, arguments, node, state, is_async=True, cls=target.cls)
    if project.is_subclass(target.cls, SYNC_SESSION_CLASSES):
        return make_session(self, arguments, node, state, is_async=False, cls=target.cls)
    made = state.new(ProjectObject(cls=target.cls, arguments=target.arguments))
    constructor = project.method(target.cls, "__init__")
    if constructor is not None:
        from asyncsa_lint.flow.calling.calls import call_function, replace_first

        given = replace_first(arguments, made)
        call_function(self, constructor, given, node, state)
        _keep_arguments(self, made, constructor, given, state)
        return made
    _fill_fields(self, made, target.cls, arguments, state)
    return made


def _keep_arguments(
    self: Interpreter, made: Ref, constructor: FunctionInfo, arguments: Arguments, state: State
) -> None:
    """`self.name = parameter` in a constructor that it did not pay to enter: nothing else it does matters."""
    from asyncsa_lint.flow.calling.binding import bind

    record = state.get(made.id)
    if not isinstance(record, ProjectObject):
        return
    env = bind(self, constructor, arguments, state)
    attributes = dict(record.attributes)
    for name, _, value in receiver_assignments(constructor, self.context.project.node(constructor)):
        if isinstance(value, ast.Name) and isinstance(
            state.object_of(env.get(value.id, UNKNOWN)), ProjectObject
        ):
            attributes.setdefault(name, env[value.id])
    if attributes.keys() != record.attributes.keys():
        state.put(made.id, replace(record, attributes=attributes))


def _fill_fields(self: Interpreter, made: Ref, cls: ClassInfo, arguments: Arguments, state: State) -> None:
    """Dataclasses, attrs classes and schemas keep their arguments as attributes."""
    attributes: dict[str, Value] = dict(arguments.keywords)
    names = field_names(self, cls)
    for name, value in zip(names, arguments.positional, strict=False):
        attributes.setdefault(name, value)
    state.put(made.id, ProjectObject(cls=cls, attributes=attributes))


def field_names(self: Interpreter, cls: ClassInfo) -> list[str]:
    """Annotated names of the class bodies, base classes first."""
    names: list[str] = []
    for base in reversed(self.context.project.mro(cls)):
        if isinstance(base, ClassInfo):
            names.extend(
                binding.name
                for binding in base.facts.bindings
                if binding.annotation is not None
                and binding.kind in {BindingKind.ASSIGN, BindingKind.ANNOTATION}
                and binding.name not in names
            )
    return names


def _mapped(self: Interpreter, model: ModelInfo, arguments: Arguments, node: ast.AST, state: State) -> Value:
    """A new transient instance; what the constructor names is set (TRUTH A(d))."""
    given = {model.meant(name): value for name, value in arguments.keywords}
    custom = self.context.project.method(model.cls, "__init__")
    if model.is_dataclass:
        for name, value in zip(field_names(self, model.cls), arguments.positional, strict=False):
            given.setdefault(name, value)
        _dataclass_defaults(self, model, given, state)
    made = state.new(
        Instance(
            model=model,
            plan=CREATED if not arguments.opaque and custom is None else None,
            attributes=given,
            given=frozenset(given),
            phase=Phase.TRANSIENT,
            loaded_at=self.span(node),
        )
    )
    for name, value in given.items():
        attribute = model.attributes.get(name)
        if attribute is not None and attribute.kind is AttributeKind.RELATIONSHIP:
            relate(made, attribute, value, state)
    if custom is not None:
        from asyncsa_lint.flow.calling.calls import call_function, replace_first

        call_function(self, custom, replace_first(arguments, made), node, state)
    return made


def _dataclass_defaults(self: Interpreter, model: ModelInfo, given: dict[str, Value], state: State) -> None:
    """Before SQLAlchemy 2.1 the generated constructor sets the defaults like given values (TRUTH A(i))."""
    if self.context.versions.sqlalchemy >= _UNSET_DEFAULTS:
        return
    for attribute in model.attributes.values():
        if attribute.kind is AttributeKind.RELATIONSHIP and attribute.dataclass_default:
            given.setdefault(attribute.name, new_list([], state) if attribute.collection else NONE)


def symbolic_object(self: Interpreter, value: ClassValue, state: State) -> Value:
    """Some object of the class: what its constructor does with arguments of their declared types."""
    if self.depth > 6 or value.cls in self.context.symbolic:
        return state.new(ProjectObject(cls=value.cls, exact=False, arguments=value.arguments))
    made = state.new(ProjectObject(cls=value.cls, exact=False, arguments=value.arguments))
    constructor = self.context.project.method(value.cls, "__init__")
    self.context.symbolic.add(value.cls)
    try:
        if constructor is not None:
            from asyncsa_lint.flow.calling.calls import call_function

            arguments = typed_parameters(self, made, constructor, state)
            node = self.context.project.node(constructor) or ast.Pass()
            with elsewhere(self):
                call_function(self, constructor, arguments, node, state)
            _keep_arguments(self, made, constructor, arguments, state)
            _open_containers(self, made, constructor, state)
        _typed_fields(self, made, value.cls, state)
        _perhaps_entered(self, made, value.cls, state)
    except PathEnds:
        # Real arguments satisfy the checks that these made-up ones did not pass.
        pass
    finally:
        self.context.symbolic.discard(value.cls)
    return made


def typed_parameters(self: Interpreter, made: Ref, function: FunctionInfo, state: State) -> Arguments:
    """The object itself, and objects of the declared types for all other parameters."""
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation
    from asyncsa_lint.flow.web.dependencies import parameter_value

    activation = Activation(
        self.context, function.module, function, depth=self.depth + 1, cls=self.context.owner_class(function)
    )
    activation.request = self.request
    positional: list[Value] = [made]
    keywords: list[tuple[str, Value]] = []
    for parameter in function.facts.parameters[1:]:
        if parameter.kind.startswith("var"):
            continue
        value = parameter_value(activation, function, parameter, state)
        if value is UNKNOWN or isinstance(value, CallableValue):
            given = _injected(self, made, function, parameter, state)
            value = value if given is UNKNOWN else given
        if parameter.kind is ParameterKind.KEYWORD_ONLY:
            keywords.append((parameter.name, value))
        else:
            positional.append(value)
    return Arguments(tuple(positional), tuple(keywords))


_CALLABLE = frozenset({"typing.Callable", "collections.abc.Callable"})


def _injected(
    self: Interpreter, made: Ref, constructor: FunctionInfo, parameter: ParameterFacts, state: State
) -> Value:
    """The callable that the program gives to the constructor, wherever it makes an object of the class."""
    annotation = None if parameter.annotation is None else parse(parameter.annotation)
    head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    record = state.get(made.id)
    if head is None or not isinstance(record, ProjectObject):
        return UNKNOWN
    named = self.context.project.resolve_expr(constructor, head)
    if not isinstance(named, External) or named.name not in _CALLABLE:
        return UNKNOWN
    given = self.context.constructions.argument(record.cls, constructor, parameter.name)
    if given is None:
        return UNKNOWN
    project = self.context.project
    if isinstance(given.node, ast.Lambda):
        names = sorted({n.id for n in walk(given.node.body) if isinstance(n, ast.Name)})
        symbols = {name: project.resolve_in(given.scope, name) for name in names}
        captured = {name: self.context.value_of_symbol(s) for name, s in symbols.items() if s is not None}
        return LambdaValue(given.node, given.module, tuple(captured.items()))
    symbol = project.resolve_expr(given.scope, given.node)
    return UNKNOWN if symbol is None else self.context.value_of_symbol(symbol)


def _typed_fields(self: Interpreter, made: Ref, cls: ClassInfo, state: State) -> None:
    """Attributes annotated in the class bodies that the constructor has not set."""
    from asyncsa_lint.flow.evaluation.annotations import value_of_annotation
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    record = state.get(made.id)
    attributes: dict[str, Value] = dict(record.attributes) if isinstance(record, ProjectObject) else {}
    for base in self.context.project.mro(cls):
        if not isinstance(base, ClassInfo):
            continue
        activation = Activation(self.context, base.module, depth=self.depth + 1, cls=cls)
        for binding in base.facts.bindings:
            if (
                binding.annotation is None
                or binding.name in attributes
                or binding.kind is not BindingKind.ANNOTATION
            ):
                continue
            value = value_of_annotation(activation, parse(binding.annotation), state, resources_only=True)
            if value is not UNKNOWN:
                attributes[binding.name] = value
    if isinstance(record, ProjectObject) and attributes != record.attributes:
        state.put(made.id, replace(record, attributes=attributes))


def _perhaps_entered(self: Interpreter, made: Ref, cls: ClassInfo, state: State) -> None:
    """A manager that asks on entering whether it has its session already: who gave it may have entered it.

    It holds what is declared then, and not the None that it began with.
    """
    from asyncsa_lint.flow.evaluation.annotations import value_of_annotation
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    project, record = self.context.project, state.get(made.id)
    entering = project.method(cls, "__aenter__") or project.method(cls, "__enter__")
    node = None if entering is None else project.node(entering)
    if entering is None or node is None or not isinstance(record, ProjectObject):
        return
    receiver = next((each.name for each in entering.facts.parameters), "")
    asked = {
        test.left.attr
        for test in walk(node)
        if isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Attribute)
        and isinstance(test.left.value, ast.Name)
        and test.left.value.id == receiver
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value is None
        and record.attributes.get(test.left.attr, NONE) == NONE
    }
    attributes = dict(record.attributes)
    declared = _declared(self, cls) if asked else {}
    for name in sorted(asked & declared.keys()):
        owner, annotation = declared[name]
        activation = Activation(self.context, owner.module, depth=self.depth + 1, cls=cls)
        value = value_of_annotation(activation, annotation, state, origin="attribute", resources_only=True)
        if value is not UNKNOWN:
            attributes[name] = value
    if attributes != record.attributes:
        state.put(made.id, replace(record, attributes=attributes))


def _declared(self: Interpreter, cls: ClassInfo) -> dict[str, tuple[ClassInfo, ast.expr]]:
    """Annotations of attributes, in class bodies and constructors."""
    found: dict[str, tuple[ClassInfo, ast.expr]] = {}
    for base in self.context.project.mro(cls):
        if not isinstance(base, ClassInfo):
            continue
        for binding in base.facts.bindings:
            if binding.annotation is not None:
                found.setdefault(binding.name, (base, parse(binding.annotation)))
        constructor = self.context.own_method(base, "__init__")
        body = None if constructor is None else self.context.project.node(constructor)
        for item in () if body is None else walk(body):
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Attribute):
                found.setdefault(item.target.attr, (base, item.annotation))
    return found


def _open_containers(self: Interpreter, made: Ref, constructor: FunctionInfo, state: State) -> None:
    """The constructor made them empty; since then other methods may have filled them."""
    from asyncsa_lint.flow.evaluation.annotations import value_of_annotation
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    record = state.get(made.id)
    node = self.context.project.node(constructor)
    if not isinstance(record, ProjectObject) or node is None:
        return
    declared = {
        item.target.attr: item.annotation
        for item in walk(node)
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Attribute)
    }
    activation = Activation(
        self.context, constructor.module, constructor, depth=self.depth + 1, cls=record.cls
    )
    attributes = dict(record.attributes)
    for name in dict.fromkeys([*record.attributes, *declared]):
        value = record.attributes.get(name)
        if value is None or isinstance(state.object_of(value), ListObject | DictObject):
            annotation = declared.get(name)
            attributes[name] = (
                UNKNOWN
                if annotation is None
                else value_of_annotation(activation, annotation, state, origin="attribute")
            )
    state.put(made.id, replace(record, attributes=attributes))
