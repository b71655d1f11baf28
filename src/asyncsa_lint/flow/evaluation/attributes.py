"""`value.name` and `value[index]` for every kind of value."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.evaluation import containers
from asyncsa_lint.flow.evaluation.later import filled_later, made_in_passing
from asyncsa_lint.flow.orm import attribute_names, transactions
from asyncsa_lint.flow.orm.instances import read_attribute
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import (
    RETURNED,
    Application,
    DictObject,
    Engine,
    Instance,
    ListObject,
    Lock,
    ProjectObject,
    Session,
    Task,
    TaskGroup,
)
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    NONE,
    SQL,
    UNKNOWN,
    AdapterValue,
    AttributeNames,
    AwaitableAttributes,
    BoundMethod,
    ClassValue,
    Const,
    ExternalValue,
    FactoryValue,
    FunctionValue,
    LibraryMethod,
    MappedAttributeValue,
    ModuleValue,
    OptionsValue,
    Pending,
    QueryValue,
    Ref,
    ResultValue,
    SqlValue,
    StatementValue,
    SuperValue,
    TemplatesValue,
    TransactionValue,
    TupleValue,
    TypeValue,
    Value,
)
from asyncsa_lint.flow.tasks.coroutines import read_from
from asyncsa_lint.flow.tasks.escapes import APP_STATE, of_app_state
from asyncsa_lint.knowledge.asyncio import WORKER_METHODS
from asyncsa_lint.knowledge.sqlalchemy import SESSION_CLASSES, SOME_METADATA
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

_METHOD_KINDS: dict[type, str] = {
    ResultValue: "result",
    StatementValue: "statement",
    FactoryValue: "factory",
    OptionsValue: "options",
    TypeValue: "typed",
    TransactionValue: "transaction",
    QueryValue: "query",
    AdapterValue: "adapter",
    TemplatesValue: "templates",
    SqlValue: "sql",
    MappedAttributeValue: "column",
}
_MAPPINGS = {"__table__": "table", "__mapper__": "mapper"}
VALIDATORS = frozenset({"model_validate", "from_orm", "validate"})
_OBJECT_KINDS: dict[type, str] = {
    Session: "session",
    Engine: "engine",
    Application: "app",
    Task: "task",
    TaskGroup: "group",
    Lock: "lock",
    ListObject: "list",
    DictObject: "dict",
}


def read(self: Interpreter, value: Value, name: str, node: ast.AST, state: State) -> Value:
    """`value.name`."""
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, Ref):
        return _of_object(self, value, name, node, state)
    if isinstance(value, TransactionValue) and name == "is_active":
        return transactions.is_open(value, state)
    kind = _METHOD_KINDS.get(type(value))
    if kind is not None:
        return _of_library_value(self, value, kind, name)
    if isinstance(value, ExternalValue) and value.name == APP_STATE:
        return of_app_state(name, state)
    if isinstance(value, ExternalValue):
        return ExternalValue(f"{value.name}.{name}")
    if isinstance(value, ModuleValue):
        return self.context.value_of_name(value.module, name)
    if isinstance(value, ClassValue):
        return of_class(self, value, name)
    if isinstance(value, Pending):
        read_from(self, node, value, name, state)
        return UNKNOWN
    if isinstance(value, AwaitableAttributes):
        return LibraryMethod(value.instance, "awaitable", name)
    if isinstance(value, SuperValue):
        return _of_super(self, value, name, state)
    if isinstance(value, FunctionValue) and name in WORKER_METHODS:
        return LibraryMethod(value, "worker", name)
    if isinstance(value, FunctionValue | BoundMethod):
        return UNKNOWN
    if isinstance(value, TupleValue):
        return value.items[value.names.index(name)] if name in value.names else UNKNOWN
    if isinstance(value, LibraryMethod) and value.kind == "sync_session":
        return LibraryMethod(value.receiver, "sync_session", name)
    if isinstance(value, AttributeNames):
        return attribute_names.named(value, name)
    if isinstance(value, Const) and isinstance(value.value, str) and name == "format":
        return LibraryMethod(value, "text", name)
    if isinstance(value, LibraryMethod) and value.kind == "inspection":
        return _inspected(self, value, name, node, state)
    return UNKNOWN


def _inspected(self: Interpreter, value: LibraryMethod, name: str, node: ast.AST, state: State) -> Value:
    """`inspect(instance).unloaded`, `.attrs.name.value`; the latter loads (TRUTH A(h))."""
    if not isinstance(value.receiver, Ref):
        return UNKNOWN
    if value.name.startswith("attrs."):
        attribute = value.name.removeprefix("attrs.")
        return read_attribute(self, value.receiver, attribute, node, state) if name == "value" else UNKNOWN
    record = state.object_of(value.receiver)
    if name == "mapper" and not value.name and isinstance(record, Instance):
        return AttributeNames(record.model.cls, "mapper")
    if value.name == "attrs":
        return LibraryMethod(value.receiver, "inspection", f"attrs.{name}")
    return LibraryMethod(value.receiver, "inspection", name)


def _of_library_value(self: Interpreter, value: Value, kind: str, name: str) -> Value:
    if isinstance(value, MappedAttributeValue):
        # `Order.items.property`, `Order.id.desc()`: relationship attributes keep their name for of_type/and_.
        return LibraryMethod(value, "column", name)
    if isinstance(value, StatementValue) and name in {"c", "columns", "selected_columns"}:
        return SQL
    if isinstance(value, SqlValue):
        return SQL
    if isinstance(value, TypeValue) and value.name.endswith("Request") and name == "app":
        return ExternalValue(APP_STATE.removesuffix(".state"))
    return LibraryMethod(value, kind, name)


def _of_object(self: Interpreter, value: Ref, name: str, node: ast.AST, state: State) -> Value:
    record = state.get(value.id)
    if isinstance(record, Instance):
        return _of_instance(self, value, record, name, node, state)
    if isinstance(record, ProjectObject):
        return of_project_object(self, value, record, name, node, state)
    if isinstance(record, Application):
        if name in record.attributes:
            return record.attributes[name]
        if name == "router":
            return value
        if name == "state":
            return ExternalValue(APP_STATE)
    if isinstance(record, Session):
        if name == "sync_session":
            return LibraryMethod(value, "sync_session", "")
        if record.cls is not None and self.context.project.method(record.cls, name) is not None:
            return bound_member(self, value, ClassValue(record.cls), name, node, state)
        if name == "is_active":
            return transactions.is_active(record)
        if name in transactions.CHANGES:
            return LibraryMethod(value, "changes", name)
        if name in {"info", "bind", "identity_map"}:
            return UNKNOWN
    kind = _OBJECT_KINDS.get(type(record))
    return UNKNOWN if kind is None else LibraryMethod(value, kind, name)


def _of_instance(
    self: Interpreter, value: Ref, record: Instance, name: str, node: ast.AST, state: State
) -> Value:
    if name in record.model.attributes:
        return read_attribute(self, value, name, node, state)
    if name == "awaitable_attrs":
        return AwaitableAttributes(value)
    if name == "__dict__":
        return LibraryMethod(value, "inspection", "dict")
    if name in _MAPPINGS:
        return AttributeNames(record.model.cls, _MAPPINGS[name])
    if name == "__class__":
        return ClassValue(record.model.cls)
    found = self.context.project.member(record.model.cls, name)
    if found is None:
        return UNKNOWN
    return bound_member(self, value, ClassValue(record.model.cls), name, node, state)


def of_project_object(
    self: Interpreter, value: Ref, record: ProjectObject, name: str, node: ast.AST, state: State
) -> Value:
    """Instance attribute, property, method or class attribute of an object of the project."""
    state.touch(value.id, name)
    known = record.attributes.get(name)
    if known is None or known == NONE:
        known = filled_later(self, value, record, name) or known
    if known is not None:
        return known
    if not record.exact:
        record = narrowed(self, value, record, name, state)
    found = bound_member(self, value, ClassValue(record.cls, record.arguments), name, node, state)
    return made_in_passing(self, value, record, name, state) if found is UNKNOWN else found


MAX_OVERRIDES = 3
"""Overriding methods considered; with more of them the declared class stands for all."""


def narrowed(self: Interpreter, value: Ref, record: ProjectObject, name: str, state: State) -> ProjectObject:
    """The object as one of the classes that it may be, where these have methods of their own under the name.

    Each is taken on a path of its own, and keeps to it.
    """
    context = self.context
    own = context.project.method(record.cls, name)
    if own is None:
        return record
    meant = {} if context.implementers.is_stub(own) else {own: record.cls}
    for cls in context.implementers.of(record.cls):
        method = context.project.method(cls, name)
        if method is not None:
            meant.setdefault(method, cls)
    if len(meant) > MAX_OVERRIDES or not meant:
        return record
    classes = list(meant.values())
    chosen = classes[self.choices.choose(len(classes))]
    if chosen is record.cls:
        return record
    from asyncsa_lint.flow.calling.construction import symbolic_object

    made = state.object_of(symbolic_object(self, ClassValue(chosen), state))
    attributes = made.attributes if isinstance(made, ProjectObject) else {}
    record = ProjectObject(cls=chosen, attributes={**attributes, **record.attributes}, exact=False)
    state.put(value.id, record)
    return record


def bound_member(
    self: Interpreter, receiver: Value, cls: ClassValue, name: str, node: ast.AST, state: State
) -> Value:
    """A class member read through an instance."""
    function = self.context.project.method(cls.cls, name)
    if function is None:
        return of_class(self, cls, name)
    decorators = self.context.decorators_of(function)
    if not decorators.isdisjoint({"property", "cached_property", "hybrid_property"}):
        from asyncsa_lint.flow.calling.calls import call_function
        from asyncsa_lint.flow.states.values import Arguments

        value = call_function(self, function, Arguments((receiver,)), node, state)
        _keep_session(receiver, name, value, state)
        return value
    if "staticmethod" in decorators:
        return FunctionValue(function)
    if "classmethod" in decorators:
        return BoundMethod(cls, function)
    return BoundMethod(receiver, function)


def _keep_session(receiver: Value, name: str, value: Value, state: State) -> None:
    """`db.session` by a property of which only the annotation is known: one session, however often read."""
    session, owner = state.object_of(value), state.object_of(receiver)
    if not isinstance(session, Session) or session.origin != RETURNED or not isinstance(receiver, Ref):
        return
    if isinstance(owner, ProjectObject):
        state.put(receiver.id, replace(owner, attributes={**owner.attributes, name: value}))


def of_class(self: Interpreter, value: ClassValue, name: str) -> Value:
    """`Class.name`: mapped attribute, method, class attribute, nested class."""
    model = self.context.models.get(value.cls)
    name = name if model is None else model.meant(name)
    if model is not None and name in model.attributes:
        kind = model.attributes[name].kind
        if kind in {
            AttributeKind.COLUMN,
            AttributeKind.RELATIONSHIP,
            AttributeKind.PROXY,
            AttributeKind.COLUMN_PROPERTY,
            AttributeKind.QUERY_EXPRESSION,
            AttributeKind.HYBRID,
        }:
            return MappedAttributeValue(value, name)
    if model is not None and name in _MAPPINGS:
        return AttributeNames(value.cls, _MAPPINGS[name])
    if model is not None and name == "metadata":
        return ExternalValue(SOME_METADATA)
    function = self.context.project.method(value.cls, name)
    if function is not None:
        decorators = self.context.decorators_of(function)
        return BoundMethod(value, function) if "classmethod" in decorators else FunctionValue(function)
    found = self.context.project.member(value.cls, name)
    if found is not None:
        return self.context.class_attribute(value, found[0], name)
    if name in VALIDATORS and self.context.schemas.get(value.cls) is not None:
        return LibraryMethod(value, "schema", name)
    return UNKNOWN


def _of_super(self: Interpreter, value: SuperValue, name: str, state: State) -> Value:
    """What comes after the class in the order of the receiver's own class: a mixin has no base that helps."""
    mro = self.context.project.mro(_class_of(value.receiver, state) or value.after)
    if value.after not in mro:
        mro = self.context.project.mro(value.after)
    rest = mro[mro.index(value.after) + 1 :]
    for base in rest:
        if isinstance(base, ClassInfo):
            info: FunctionInfo | None = self.context.own_method(base, name)
            if info is not None:
                return BoundMethod(value.receiver, info)
        elif name == "__init__":
            return ExternalValue("builtins.object.__init__")
        elif base.name in SESSION_CLASSES:
            return LibraryMethod(value.receiver, "session", name)
    return UNKNOWN


def _class_of(value: Value, state: State) -> ClassInfo | None:
    if isinstance(value, ClassValue):
        return value.cls
    record = state.object_of(value)
    if isinstance(record, Instance):
        return record.model.cls
    return record.cls if isinstance(record, ProjectObject) else None


def subscripted(self: Interpreter, value: Value, index: Value, node: ast.AST, state: State) -> Value:
    """`value[index]`, including generic classes."""
    if isinstance(value, ClassValue):
        items = index.items if isinstance(index, TupleValue) else (index,)
        return ClassValue(value.cls, tuple(items), value.alias)
    if isinstance(value, ExternalValue):
        return value
    return containers.subscript(self, value, index, state)
