"""The state on one path: variables, heap, assumptions about conditions.

A state stands for one path (or several that agree). It is forked at branches, copies
lazily, and forgets what two merged paths do not share. What is looked at of an object
that came from outside is noted (`State.touch`): that is what makes summaries reusable.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias, TypeVar

from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import (
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
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    Arguments,
    AwaitableAttributes,
    BoundMethod,
    FactoryValue,
    FunctionValue,
    LambdaValue,
    LibraryMethod,
    LoadedTest,
    ObjectId,
    Partial,
    Pending,
    QueryValue,
    Ref,
    ResultValue,
    SuperValue,
    TransactionValue,
    TupleValue,
    Use,
    Value,
)

_Key = TypeVar("_Key")
Renaming: TypeAlias = "Callable[[ObjectId], ObjectId]"
AssumptionKey: TypeAlias = "tuple[object, ...]"


_NOTABLE = frozenset({Session, Engine, Instance})
VARIABLES: ObjectId = ("variables",)
"""Stands for the parameters in `State.touched`."""


class State:
    """Variables and heap on one path; fork before changing a state that others hold."""

    __slots__ = (
        "_env_shared",
        "_heap_shared",
        "assumed",
        "broken",
        "env",
        "frames",
        "glance",
        "globals",
        "heap",
        "locks",
        "next_id",
        "returned",
        "tasks",
        "touched",
        "uses",
    )

    notable = 0
    """How many records of sessions, engines and instances have been put into any state so far."""

    def __init__(self, shared: dict[ObjectId, HeapObject], next_id: int = 1) -> None:
        self.env: dict[str, Value] = {}
        self.heap: dict[ObjectId, HeapObject] = {}
        self.globals = shared
        self.assumed: dict[AssumptionKey, bool] = {}
        self.next_id = next_id
        self.uses: frozenset[Use] = frozenset()
        self.tasks: tuple[ObjectId, ...] = ()
        self.locks: frozenset[ObjectId] = frozenset()
        self.returned: ast.expr | None = None
        self.touched: dict[tuple[ObjectId, str], None] = {}
        self.frames: tuple[Any, ...] = ()
        """What the statements around remember of this path, the outermost first: what leaving a `with`
        does, where a turn of a loop began."""
        self.broken = False
        """A read has failed: the path goes on only to see what comes after its repair."""
        self.glance: object = None
        """What `flow.states.equivalence` has seen of the variables and objects, until one of them changes."""
        self._env_shared = False
        self._heap_shared = False

    def fork(self) -> State:
        """A state that can go its own way."""
        twin = State.__new__(State)
        twin.env, twin.heap, twin.globals = self.env, self.heap, self.globals
        twin.assumed, twin.next_id = self.assumed, self.next_id
        twin.uses, twin.tasks, twin.locks = self.uses, self.tasks, self.locks
        twin.returned, twin.frames = self.returned, self.frames
        twin.touched = self.touched
        twin.broken = self.broken
        twin.glance = self.glance
        twin._env_shared = twin._heap_shared = True
        self._env_shared = self._heap_shared = True
        return twin

    def outside(self, depth: int) -> State:
        """This state, outside of all but so many of the statements around."""
        self.frames = self.frames[:depth]
        return self

    def set(self, name: str, value: Value) -> None:
        """Bind a variable; what was assumed about it no longer holds."""
        if self._env_shared:
            self.env = dict(self.env)
            self._env_shared = False
        self.env[name] = value
        self.glance = None
        if self.assumed:
            self.forget_assumptions(name)

    def replace_env(self, env: dict[str, Value]) -> None:
        self.env = env
        self._env_shared = True
        self.glance = None

    def forget_assumptions(self, name: str) -> None:
        if any(name in key for key in self.assumed):
            self.assumed = {key: truth for key, truth in self.assumed.items() if name not in key}

    def assume(self, key: AssumptionKey, truth: bool) -> None:
        self.assumed = {**self.assumed, key: truth}

    def get(self, ident: ObjectId) -> HeapObject | None:
        found = self.heap.get(ident)
        return self.globals.get(ident) if found is None else found

    def touch(self, ident: ObjectId, name: str) -> None:
        """The verdict depends on this attribute of the object (`flow.calling.matching`).

        All paths share the note.
        """
        self.touched[(ident, name)] = None

    def captured(self, names: AbstractSet[str]) -> tuple[tuple[str, Value], ...]:
        """The variables of these names that a nested function takes along, which is looking at them."""
        seen = sorted(names & self.env.keys())
        for name in seen:
            self.touch(VARIABLES, name)
        return tuple((name, self.env[name]) for name in seen if self.env[name] is not UNKNOWN)

    def put(self, ident: ObjectId, record: HeapObject) -> None:
        if type(record) in _NOTABLE:
            State.notable += 1
        if self._heap_shared:
            self.heap = dict(self.heap)
            self._heap_shared = False
        self.heap[ident] = record
        self.glance = None

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
        arguments.counted,
    )


def renamed(value: Value, rename: Renaming) -> Value:
    """The value with every object id replaced."""
    handler = _RENAMERS.get(type(value))
    return value if handler is None else handler(value, rename)


_RENAMERS: dict[type, Callable[..., Value]] = {
    Ref: lambda v, r: Ref(r(v.id)),
    TupleValue: lambda v, r: replace(v, items=tuple(renamed(i, r) for i in v.items)),
    FunctionValue: lambda v, r: replace(v, captured=_pairs(v.captured, r)) if v.captured else v,
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
        seen=None,
    ),
    TransactionValue: lambda v, r: replace(v, session=Ref(r(v.session.id))),
    QueryValue: lambda v, r: replace(v, session=Ref(r(v.session.id))),
    LoadedTest: lambda v, r: replace(v, instance=Ref(r(v.instance.id))),
    FactoryValue: lambda v, r: replace(v, engine=renamed(v.engine, r)) if type(v.engine) is Ref else v,
    AwaitableAttributes: lambda v, r: AwaitableAttributes(Ref(r(v.instance.id))),
    SuperValue: lambda v, r: SuperValue(renamed(v.receiver, r), v.after),
}
NAMING = frozenset(_RENAMERS)
"""Kinds of values that may name objects."""


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
        element, absent = _optional(record.element, rename), _optional(record.absent, rename)
        per = _optional(record.per, rename)
        return replace(record, items=items, element=element, owner=owner, absent=absent, per=per)
    if isinstance(record, DictObject):
        values, rest = _named(record.items, rename), _optional(record.element, rename)
        return DictObject(values, rest, record.opaque, record.missing)
    if isinstance(record, ProjectObject | Application):
        return replace(record, attributes=_named(record.attributes, rename))
    if isinstance(record, Task):
        return replace(
            record,
            uses=frozenset(renamed_use(use, rename) for use in record.uses),
            result=renamed(record.result, rename),
            group=None if record.group is None else rename(record.group),
        )
    if isinstance(record, Session) and record.of is not None:
        return replace(record, of=rename(record.of))
    return record


def references(record: HeapObject) -> tuple[ObjectId, ...]:
    """The ids of the objects that a record mentions; found once, since records never change."""
    if record.mentions is None:
        found: dict[ObjectId, None] = {}

        def collect(ident: ObjectId) -> ObjectId:
            found.setdefault(ident)
            return ident

        renamed_object(record, collect)
        record.mentions = tuple(found)
    return record.mentions


def renamed_use(use: Use, rename: Renaming) -> Use:
    return rename(use[0]), frozenset(rename(lock) for lock in use[1])


def _keyed(values: dict[str, Value], number: Renaming) -> tuple[object, ...]:
    return tuple(
        [(name, renamed(values[name], number)) for name in sorted(values) if values[name] is not UNKNOWN]
    )


def object_key(record: HeapObject, number: Renaming) -> tuple[object, ...]:
    """What distinguishes a record for the analysis, ids numbered; places are left out."""
    if isinstance(record, Instance):
        present = tuple(sorted(record.attributes))
        return (
            "instance",
            record.model.cls,
            None if record.session is None else number(record.session),
            record.plan,
            present,
            _keyed(record.attributes, number),
            record.given,
            record.phase,
            record.uncommitted,
            None if record.expired is None else record.expired.cause,
            tuple(name for name, _ in record.stale),
            bool(record.dirty),
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
            record.managed,
            record.escaped,
            record.cls,
            None if record.of is None else number(record.of),
        )
    if isinstance(record, ProjectObject):
        return ("object", record.cls, record.exact, _keyed(record.attributes, number))
    if isinstance(record, ListObject):
        items = None if record.items is None else tuple([renamed(v, number) for v in record.items])
        element = None if record.element is None else renamed(record.element, number)
        return ("list", items, element, record.groups)
    if isinstance(record, DictObject):
        pairs = tuple(
            sorted([(repr(k), renamed(v, number)) for k, v in record.items.items()], key=lambda p: p[0])
        )
        return (
            "dict",
            pairs,
            None if record.element is None else renamed(record.element, number),
            record.opaque,
            record.missing,
        )
    if isinstance(record, Engine):
        return ("engine", record.is_async, record.disposed, record.stored, record.null_pool)
    if isinstance(record, Application):
        return ("app", record.kind, record.has_lifespan, _keyed(record.attributes, number))
    if isinstance(record, Task):
        uses = frozenset([renamed_use(use, number) for use in record.uses])
        group = None if record.group is None else number(record.group)
        return ("task", uses, renamed(record.result, number), group, record.replicated)
    if isinstance(record, TaskGroup):
        return ("group", record.spawner)
    if isinstance(record, Lock):
        return ("lock", record.limit)
    return (type(record).__name__,)
