"""The state on one path: variables, heap, assumptions about conditions.

A state stands for one path (or several that agree). It is forked at branches, copies
lazily, and forgets what two merged paths do not share. `canonical` numbers the objects
that can be reached from some values in order of discovery, so that two situations which
differ only in object identities get the same key: that is what makes summaries reusable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias, TypeVar

from asyncsa_lint.flow.objects import (
    Application,
    DictObject,
    Engine,
    HeapObject,
    Instance,
    ListObject,
    Lock,
    ProjectObject,
    Session,
    Task,
    TaskGroup,
)
from asyncsa_lint.flow.values import (
    UNKNOWN,
    Arguments,
    AwaitableAttributes,
    BoundMethod,
    FactoryValue,
    FunctionValue,
    LambdaValue,
    LibraryMethod,
    ObjectId,
    Partial,
    Pending,
    Ref,
    ResultValue,
    SuperValue,
    TupleValue,
    Value,
)

_Key = TypeVar("_Key")
Renaming: TypeAlias = "Callable[[ObjectId], ObjectId]"
AssumptionKey: TypeAlias = "tuple[object, ...]"


class State:
    """Variables and heap on one path; fork before changing a state that others hold."""

    __slots__ = (
        "_env_shared",
        "_heap_shared",
        "assumed",
        "env",
        "globals",
        "heap",
        "locks",
        "next_id",
        "tasks",
        "uses",
    )

    def __init__(self, shared: dict[ObjectId, HeapObject], next_id: int = 1) -> None:
        self.env: dict[str, Value] = {}
        self.heap: dict[ObjectId, HeapObject] = {}
        self.globals = shared
        self.assumed: dict[AssumptionKey, bool] = {}
        self.next_id = next_id
        self.uses: frozenset[ObjectId] = frozenset()
        self.tasks: tuple[ObjectId, ...] = ()
        self.locks = 0
        self._env_shared = False
        self._heap_shared = False

    def fork(self) -> State:
        """A state that can go its own way."""
        twin = State.__new__(State)
        twin.env, twin.heap, twin.globals = self.env, self.heap, self.globals
        twin.assumed, twin.next_id = self.assumed, self.next_id
        twin.uses, twin.tasks, twin.locks = self.uses, self.tasks, self.locks
        twin._env_shared = twin._heap_shared = True
        self._env_shared = self._heap_shared = True
        return twin

    def set(self, name: str, value: Value) -> None:
        """Bind a variable; what was assumed about it no longer holds."""
        if self._env_shared:
            self.env = dict(self.env)
            self._env_shared = False
        self.env[name] = value
        if self.assumed:
            self.forget_assumptions(name)

    def replace_env(self, env: dict[str, Value]) -> None:
        self.env = env
        self._env_shared = True

    def forget_assumptions(self, name: str) -> None:
        if any(name in key for key in self.assumed):
            self.assumed = {key: truth for key, truth in self.assumed.items() if name not in key}

    def assume(self, key: AssumptionKey, truth: bool) -> None:
        self.assumed = {**self.assumed, key: truth}

    def get(self, ident: ObjectId) -> HeapObject | None:
        found = self.heap.get(ident)
        return self.globals.get(ident) if found is None else found

    def put(self, ident: ObjectId, record: HeapObject) -> None:
        if self._heap_shared:
            self.heap = dict(self.heap)
            self._heap_shared = False
        self.heap[ident] = record

    def new(self, record: HeapObject) -> Ref:
        ident = self.next_id
        self.next_id += 1
        self.put(ident, record)
        return Ref(ident)

    def object_of(self, value: Value) -> HeapObject | None:
        """The heap record a value refers to, or None."""
        return self.get(value.id) if type(value) is Ref else None


def _pairs(pairs: tuple[tuple[str, Value], ...], rename: Renaming) -> tuple[tuple[str, Value], ...]:
    return tuple((name, renamed(value, rename)) for name, value in pairs)


def _arguments(arguments: Arguments, rename: Renaming) -> Arguments:
    return Arguments(
        tuple(renamed(v, rename) for v in arguments.positional),
        _pairs(arguments.keywords, rename),
        arguments.opaque,
    )


def renamed(value: Value, rename: Renaming) -> Value:
    """The value with every object id replaced."""
    handler = _RENAMERS.get(type(value))
    return value if handler is None else handler(value, rename)


_RENAMERS: dict[type, Callable[..., Value]] = {
    Ref: lambda v, r: Ref(r(v.id)),
    TupleValue: lambda v, r: TupleValue(tuple(renamed(i, r) for i in v.items)),
    FunctionValue: lambda v, r: FunctionValue(v.function, _pairs(v.captured, r)) if v.captured else v,
    LambdaValue: lambda v, r: LambdaValue(v.node, v.module, _pairs(v.captured, r)),
    BoundMethod: lambda v, r: BoundMethod(renamed(v.receiver, r), v.function),
    LibraryMethod: lambda v, r: LibraryMethod(renamed(v.receiver, r), v.kind, v.name),
    Partial: lambda v, r: Partial(
        renamed(v.target, r), tuple(renamed(a, r) for a in v.arguments), _pairs(v.keywords, r)
    ),
    Pending: lambda v, r: Pending(
        renamed(v.target, r), _arguments(v.arguments, r), v.kind, v.node, v.module, v.replicated
    ),
    ResultValue: lambda v, r: replace(
        v,
        session=None if v.session is None else r(v.session),
        row=tuple(renamed(i, r) for i in v.row),
    ),
    FactoryValue: lambda v, r: replace(v, engine=renamed(v.engine, r)) if type(v.engine) is Ref else v,
    AwaitableAttributes: lambda v, r: AwaitableAttributes(Ref(r(v.instance.id))),
    SuperValue: lambda v, r: SuperValue(renamed(v.receiver, r), v.after),
}


def _optional(value: Value | None, rename: Renaming) -> Value | None:
    return None if value is None else renamed(value, rename)


def _named(values: dict[_Key, Value], rename: Renaming) -> dict[_Key, Value]:
    return {name: renamed(value, rename) for name, value in values.items()}


def renamed_object(record: HeapObject, rename: Renaming) -> HeapObject:
    """The heap record with every object id in it replaced."""
    if isinstance(record, Instance):
        return replace(
            record,
            session=None if record.session is None else rename(record.session),
            attributes=_named(record.attributes, rename),
            root=None if record.root is None else rename(record.root),
        )
    if isinstance(record, ListObject):
        items = None if record.items is None else tuple(renamed(v, rename) for v in record.items)
        owner = None if record.owner is None else (rename(record.owner[0]), record.owner[1])
        return replace(record, items=items, element=_optional(record.element, rename), owner=owner)
    if isinstance(record, DictObject):
        return replace(record, items=_named(record.items, rename), element=_optional(record.element, rename))
    if isinstance(record, ProjectObject | Application):
        return replace(record, attributes=_named(record.attributes, rename))
    if isinstance(record, Task):
        return replace(
            record,
            uses=frozenset(rename(i) for i in record.uses),
            result=renamed(record.result, rename),
            group=None if record.group is None else rename(record.group),
        )
    return record


def _sorted_items(values: dict[str, Value]) -> tuple[object, ...]:
    return tuple(
        sorted(((k, v) for k, v in values.items() if v is not UNKNOWN), key=lambda pair: str(pair[0]))
    )


def object_key(record: HeapObject) -> tuple[object, ...]:
    """What distinguishes a record for the analysis; places are left out."""
    if isinstance(record, Instance):
        return (
            "instance",
            record.model.cls,
            record.session,
            record.plan,
            _sorted_items(record.attributes),
            record.given,
            record.phase,
            record.uncommitted,
            record.expired is None,
            record.expired and record.expired.cause,
            tuple(name for name, _ in record.stale),
            record.dirty,
            record.borrowed,
            record.nullable,
        )
    if isinstance(record, Session):
        return (
            "session",
            record.kind,
            record.is_async,
            record.expire_on_commit,
            record.autoflush,
            record.origin,
            record.in_transaction,
            record.is_closed,
            record.certain,
            record.savepoints,
        )
    if isinstance(record, ProjectObject):
        return ("object", record.cls, record.exact, _sorted_items(record.attributes))
    if isinstance(record, ListObject):
        return ("list", record.items, record.element)
    if isinstance(record, DictObject):
        return (
            "dict",
            tuple(sorted(record.items.items(), key=lambda p: repr(p[0]))),
            record.element,
            record.opaque,
        )
    if isinstance(record, Engine):
        return ("engine", record.is_async, record.disposed, record.stored, record.null_pool)
    if isinstance(record, Application):
        return ("app", record.kind, record.has_lifespan, _sorted_items(record.attributes))
    if isinstance(record, Task):
        return ("task", record.uses, record.result, record.group, record.replicated)
    if isinstance(record, TaskGroup):
        return ("group", record.spawner)
    if isinstance(record, Lock):
        return ("lock", record.limit)
    return (type(record).__name__,)


def canonical(
    values: Iterable[Value], state: State, limit: int = 400
) -> tuple[tuple[object, ...], list[ObjectId]] | None:
    """A key of the values with all they reach, and the ids in the order of their numbers.

    None when more than `limit` objects are reachable: the caller gives up.
    """
    numbers: dict[ObjectId, ObjectId] = {}
    order: list[ObjectId] = []

    def number(ident: ObjectId) -> ObjectId:
        known = numbers.get(ident)
        if known is None:
            # Process-wide objects keep their names while nothing has changed them.
            if type(ident) is tuple and ident not in state.heap:
                return ident
            known = numbers[ident] = len(order)
            order.append(ident)
        return known

    key: list[object] = [renamed(value, number) for value in values]
    position = 0
    while position < len(order):
        if position > limit:
            return None
        record = state.get(order[position])
        position += 1
        key.append(None if record is None else object_key(renamed_object(record, number)))
    return tuple(key), order
