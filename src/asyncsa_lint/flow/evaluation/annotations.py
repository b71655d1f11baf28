"""Values that a type annotation describes, dependencies included.

A parameter typed `AsyncSession` is some session; one typed with a mapped class is an
instance of which nothing else is known; `Annotated[..., Depends(provider)]` is what the
provider gives, one object per request as FastAPI caches it (TRUTH E).
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import dotted_name, parse, parse_annotation
from asyncsa_lint.flow import own_calls
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import (
    RETURNED,
    Application,
    DictObject,
    Engine,
    Instance,
    ListObject,
    Lock,
    Phase,
    Session,
    TaskGroup,
)
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    CallableValue,
    ClassValue,
    ExternalValue,
    FactoryValue,
    TransactionValue,
    TupleValue,
    TypeValue,
    Value,
)
from asyncsa_lint.knowledge.asyncio import QUEUES
from asyncsa_lint.knowledge.drivers import DRIVER_CONNECTIONS, DRIVER_CURSORS
from asyncsa_lint.knowledge.sqlalchemy import (
    CONNECTION_CLASSES,
    ENGINE_CLASSES,
    FACTORY_CLASSES,
    METADATA_CLASSES,
    POOL_CLASSES,
    SESSION_CLASSES,
    SOME_METADATA,
    SYNC_CONNECTION_CLASSES,
    SYNC_ENGINE_CLASSES,
    SYNC_FACTORY_CLASSES,
    SYNC_SESSION_CLASSES,
    TRANSACTION_CLASSES,
)
from asyncsa_lint.project.symbols import ClassInfo, External, ValueInfo
from asyncsa_lint.project.type_expressions import YIELDED, head_name, supertype

if TYPE_CHECKING:
    from asyncsa_lint.flow.context import AnalysisContext
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter
    from asyncsa_lint.project.resolution import Scope
    from asyncsa_lint.project.symbols import FunctionInfo

_COLLECTIONS = frozenset(
    {
        "list",
        "List",
        "Sequence",
        "Iterable",
        "set",
        "Set",
        "frozenset",
        "FrozenSet",
        "Collection",
        "MutableSequence",
        "AbstractSet",
    }
)
_MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict"})
_TUPLES = frozenset({"tuple", "Tuple"})
_WRAPPERS = frozenset({"ClassVar", "Final", "Required", "NotRequired"})
_UNIONS = frozenset({"Optional", "Union"})
TYPED = {
    "fastapi.BackgroundTasks": "background-tasks",
    "fastapi.background.BackgroundTasks": "background-tasks",
    "starlette.background.BackgroundTasks": "background-tasks",
    "anyio.abc.TaskGroup": "group",
    "asyncio.TaskGroup": "group",
    "asyncio.taskgroups.TaskGroup": "group",
    "asyncio.Lock": "lock",
    "anyio.Lock": "lock",
    "asyncio.AbstractEventLoop": "loop",
    "contextlib.AsyncExitStack": "exit-stack",
    "fastapi.FastAPI": "app",
    "fastapi.applications.FastAPI": "app",
    "starlette.applications.Starlette": "app",
    "fastapi.Request": "request",
    "starlette.requests.Request": "request",
    "fastapi.requests.Request": "request",
    "concurrent.futures.ThreadPoolExecutor": "executor",
}


def value_of_annotation(
    self: Interpreter,
    node: ast.expr,
    state: State,
    *,
    origin: str = "parameter",
    resources_only: bool = False,
    depth: int = 0,
) -> Value:
    """Some object of the annotated type."""
    if depth > 8:
        return UNKNOWN
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str):
            return UNKNOWN
        inner = parse_annotation(node.value)
        return (
            UNKNOWN
            if inner is None
            else value_of_annotation(
                self, inner, state, origin=origin, resources_only=resources_only, depth=depth + 1
            )
        )
    if isinstance(node, ast.BinOp):
        return _union(self, [node.left, node.right], state, origin, resources_only, depth)
    if isinstance(node, ast.Subscript):
        return _subscripted(self, node, state, origin, resources_only, depth)
    if isinstance(node, ast.Call):
        node = supertype(self.context.project, self.function or self.module, node) or node
    symbol = self.context.project.resolve_expr(self.function or self.module, node)
    if isinstance(symbol, External):
        return _external(self, symbol.name, state, origin)
    if isinstance(symbol, ClassInfo):
        return object_of_class(self, ClassValue(symbol), state, origin=origin, resources_only=resources_only)
    if isinstance(symbol, ValueInfo):
        return _alias(self, symbol, state, origin, resources_only, depth)
    return UNKNOWN


def _alias(
    self: Interpreter, symbol: ValueInfo, state: State, origin: str, resources_only: bool, depth: int
) -> Value:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    value = symbol.bindings[-1].value
    if value is None:
        return UNKNOWN
    activation = Activation(self.context, symbol.module, depth=self.depth)
    activation.request = self.request
    return value_of_annotation(
        activation, parse(value), state, origin=origin, resources_only=resources_only, depth=depth + 1
    )


def _union(
    self: Interpreter, members: list[ast.expr], state: State, origin: str, resources_only: bool, depth: int
) -> Value:
    """What the only member besides None is; of several, nobody knows which is meant."""
    meant = [each for each in members if not (isinstance(each, ast.Constant) and each.value is None)]
    if len(meant) != 1:
        return UNKNOWN
    return value_of_annotation(
        self, meant[0], state, origin=origin, resources_only=resources_only, depth=depth + 1
    )


def _subscripted(
    self: Interpreter, node: ast.Subscript, state: State, origin: str, resources_only: bool, depth: int
) -> Value:
    name = head_name(self.context.project, self.function or self.module, node.value)
    items = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]

    def inner(item: ast.expr) -> Value:
        return value_of_annotation(
            self, item, state, origin=origin, resources_only=resources_only, depth=depth + 1
        )

    if name == "Annotated":
        from asyncsa_lint.flow.web.dependencies import annotated_dependency

        provided = annotated_dependency(self, items[1:], items[0], state)
        return provided if provided is not UNKNOWN else inner(items[0])
    if name in _UNIONS:
        return _union(self, items, state, origin, resources_only, depth)
    if name in _WRAPPERS:
        return inner(items[0])
    if name == "Callable" and len(items) == 2:
        return _callable(self, CallableValue(items[1], self.module))
    if resources_only and name not in {"async_sessionmaker", "sessionmaker"}:
        return UNKNOWN
    if name in _COLLECTIONS | _MAPPINGS | _TUPLES:
        return _container(name, items, inner, state)
    if name in {"type", "Type"}:
        return _class_object(self, items[0])
    return _of_generic(self, node, items, state, origin, resources_only)


def _container(name: str, items: list[ast.expr], inner: Callable[[ast.expr], Value], state: State) -> Value:
    """Some collection of which only the elements' type is known."""
    if name in _MAPPINGS:
        element = inner(items[1]) if len(items) == 2 else UNKNOWN
        return UNKNOWN if element is UNKNOWN else state.new(DictObject(element=element, opaque=True))
    endless = len(items) == 2 and isinstance(items[1], ast.Constant) and items[1].value is ...
    if name in _TUPLES and not endless:
        return TupleValue(tuple(inner(item) for item in items))
    element = inner(items[0])
    return UNKNOWN if element is UNKNOWN else state.new(ListObject(items=None, element=element))


def _class_object(self: Interpreter, item: ast.expr) -> Value:
    """`type[Order]`, or `type[T]` where the enclosing class says what T is."""
    symbol = self.context.project.resolve_expr(self.function or self.module, item)
    if isinstance(symbol, ClassInfo):
        return ClassValue(symbol)
    variable = dotted_name(item)
    if variable and self.cls is not None:
        return self.context.typevar_value(ClassValue(self.cls), variable)
    return UNKNOWN


def _of_generic(
    self: Interpreter,
    node: ast.Subscript,
    items: list[ast.expr],
    state: State,
    origin: str,
    resources_only: bool,
) -> Value:
    """An instance of a generic class: `Repository[Order]`, `async_sessionmaker[AsyncSession]`."""
    base = self.context.project.resolve_expr(self.function or self.module, node.value)
    if isinstance(base, External):
        return _external(self, base.name, state, origin)
    if isinstance(base, ClassInfo):
        arguments = tuple(
            ClassValue(s)
            if isinstance(s := self.context.project.resolve_expr(self.function or self.module, i), ClassInfo)
            else UNKNOWN
            for i in items
        )
        return object_of_class(
            self, ClassValue(base, arguments), state, origin=origin, resources_only=resources_only
        )
    return UNKNOWN


def _external(self: Interpreter, name: str, state: State, origin: str) -> Value:
    if name in TRANSACTION_CLASSES:
        owner = state.new(
            Session(kind="connection", origin=origin, in_transaction=True, expire_on_commit=False)
        )
        return TransactionValue(owner, nested=False)
    made = external_object(self, name, origin)
    if isinstance(made, Session | Engine | TaskGroup | Lock | Application):
        return state.new(made)
    return made if isinstance(made, Value) else own_calls.instance(self.context, name)


_SYNCHRONOUS = SYNC_SESSION_CLASSES | SYNC_CONNECTION_CLASSES | SYNC_ENGINE_CLASSES


def external_object(self: Interpreter, name: str, origin: str) -> object:
    """A record or value for an instance of an external class."""
    if name in SESSION_CLASSES:
        return Session(
            kind="scoped" if name.endswith("scoped_session") else "session",
            expire_on_commit=self.context.default_expiry(),
            certain=False,
            origin=origin,
            in_transaction=None,
        )
    if self.context.synchronous and name in _SYNCHRONOUS:
        return None
    if name in SYNC_SESSION_CLASSES:
        return Session(is_async=False, origin=origin, in_transaction=None)
    if name in CONNECTION_CLASSES:
        return Session(kind="connection", origin=origin, in_transaction=None, expire_on_commit=False)
    if name in SYNC_CONNECTION_CLASSES:
        return Session(
            kind="connection", is_async=False, origin=origin, in_transaction=None, expire_on_commit=False
        )
    if name in SYNC_ENGINE_CLASSES:
        return Engine(is_async=False, constructor="create_engine", stored="elsewhere")
    if name in ENGINE_CLASSES:
        return Engine(stored="elsewhere")
    if name in POOL_CLASSES:
        return Engine(constructor="asyncpg.create_pool", stored="elsewhere")
    if name in FACTORY_CLASSES:
        return FactoryValue(True, self.context.default_expiry(), certain=False)
    if name in METADATA_CLASSES:
        return ExternalValue(SOME_METADATA)
    if name in SYNC_FACTORY_CLASSES:
        return None
    kind = TYPED.get(name)
    if kind == "group":
        return TaskGroup(name.rsplit(".", 1)[-1])
    if kind == "lock":
        return Lock()
    if kind == "app":
        return Application(has_lifespan=None)
    known = kind is not None or name in QUEUES or name in DRIVER_CONNECTIONS or name in DRIVER_CURSORS
    return TypeValue(name) if known else None


def object_of_class(
    self: Interpreter,
    value: ClassValue,
    state: State,
    *,
    origin: str = "parameter",
    resources_only: bool = False,
) -> Value:
    """Some object of a class of the project."""
    cls = value.cls
    context = self.context
    if context.project.is_subclass(cls, SESSION_CLASSES):
        made = external_object(self, "sqlalchemy.ext.asyncio.AsyncSession", origin)
        return state.new(replace(made, cls=cls)) if isinstance(made, Session) else UNKNOWN
    if context.project.is_subclass(cls, SYNC_SESSION_CLASSES):
        if context.synchronous:
            return UNKNOWN
        return state.new(Session(is_async=False, origin=origin, in_transaction=None, cls=cls))
    model = context.models.get(cls)
    if model is not None and model.is_table:
        if resources_only or context.synchronous:
            return UNKNOWN
        return state.new(Instance(model=model, plan=None, phase=Phase.PERSISTENT))
    if resources_only or model is not None or context.schemas.get(cls) is not None:
        return UNKNOWN
    from asyncsa_lint.flow.calling.construction import symbolic_object

    if context.implementers.is_declared_only(cls):
        meant = context.implementers.of(cls)
        if len(meant) == 1:
            value = ClassValue(meant[0])
    return symbolic_object(self, value, state)


def value_of_returned(self: Interpreter, function: FunctionInfo, state: State) -> Value:
    """What a call gives by its return annotation, when its body could not be followed."""
    returns = function.facts.returns
    if returns is None or not self.context.may_be_resource(function, returns):
        return UNKNOWN
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    activation = Activation(
        self.context, function.module, function, depth=self.depth + 1, cls=self.context.owner_class(function)
    )
    value = value_of_annotation(activation, parse(returns), state, origin=RETURNED, resources_only=True)
    self.context.note_resource(function, returns, value)
    return value


_YIELDING = YIELDED | {"AbstractAsyncContextManager", "AsyncContextManager"}


def value_of_yielded(self: Interpreter, function: FunctionInfo, state: State) -> Value:
    """What a generator or manager hands out by its return annotation, when its body could not be followed."""
    returns = function.facts.returns
    node = None if returns is None else yielded(self.context, function, parse(returns))
    if node is None:
        return UNKNOWN
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    activation = Activation(
        self.context, function.module, function, depth=self.depth + 1, cls=self.context.owner_class(function)
    )
    return value_of_annotation(activation, node, state, origin=RETURNED, resources_only=True)


def yielded(context: AnalysisContext, scope: Scope, node: ast.expr) -> ast.expr | None:
    """`AsyncSession` of `AsyncIterator[AsyncSession]`; None where nothing is handed out."""
    if not isinstance(node, ast.Subscript):
        return None
    if head_name(context.project, scope, node.value) not in _YIELDING:
        return None
    return node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice


def _callable(self: Interpreter, value: CallableValue) -> Value:
    """It matters when a call, or entering what a call gives, gives a session."""
    scratch = State(self.context.shared)
    managed = yielded(self.context, value.module, value.returns) is not None
    return UNKNOWN if value_of_called(self, value, scratch, entered=managed) is UNKNOWN else value


def value_of_called(
    self: Interpreter, target: CallableValue, state: State, *, entered: bool = False
) -> Value:
    """What a call of something annotated `Callable` gives; `entered`: what entering that gives."""
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter as Activation

    node = yielded(self.context, target.module, target.returns) if entered else target.returns
    if node is None:
        return UNKNOWN
    activation = Activation(self.context, target.module, depth=self.depth + 1)
    return value_of_annotation(activation, node, state, origin=RETURNED, resources_only=True)
