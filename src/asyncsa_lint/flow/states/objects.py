"""What lives in the heap: objects with identity whose state changes along a path.

Records are treated as immutable: a change puts a new record under the same id, so that
states on different paths never see each other. A session keeps a *log* of what happened
to it; an instance remembers how much of that log it has seen and catches up when it is
looked at (`flow.orm.instances.catch_up`). So a commit in a callee reaches instances that the
callee never saw.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from asyncsa_lint.flow.states.values import UNKNOWN, ObjectId, Use, Value

if TYPE_CHECKING:
    from asyncsa_lint.findings import Span
    from asyncsa_lint.flow.events import ExpiryCause
    from asyncsa_lint.flow.orm.plans import Plan
    from asyncsa_lint.project.mapping.mapped_attributes import ModelInfo
    from asyncsa_lint.project.symbols import ClassInfo


@dataclass(slots=True, frozen=True)
class Passage:
    """A call between the place where something happens and the function at hand, for trails."""

    span: Span
    callee: str
    """Qualified name of what is called, as `OrderRepository.find`."""
    inwards: bool = False
    """Into the call, with its arguments; else out of it."""


class Occurrence(StrEnum):
    """What happens to all instances of a session."""

    FLUSH = "flush"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    EXPIRE_ALL = "expire-all"
    CLOSE = "close"
    EXPUNGE_ALL = "expunge-all"
    LOAD = "load"
    """A statement loaded rows of `cls` by `plan`: instances of it may have been filled."""
    SAVEPOINT = "savepoint"
    SAVEPOINT_ROLLBACK = "savepoint-rollback"
    UPDATE = "update"
    """A bulk UPDATE of all rows of `classes`: `stale` attributes are not read back."""
    DELETE = "delete"
    """A bulk DELETE on `classes`: whatever it meets leaves the session, the rest stays."""
    UNKNOWN = "unknown"
    """Code that can load anything ran on the session (run_sync, a callee out of sight)."""


@dataclass(slots=True, frozen=True)
class LogEntry:
    """One occurrence; `expires` when columns are unreadable afterwards."""

    occurrence: Occurrence
    span: Span = field(compare=False)
    expires: bool = False
    certain: bool = True
    classes: frozenset[ClassInfo] = frozenset()
    plan: Plan | None = None
    stale: tuple[tuple[str, ExpiryCause], ...] = ()
    filled: tuple[str, ...] = ()
    """Attributes that a bulk UPDATE sets on the instances."""
    whole: bool = False
    """All rows of the class were loaded, so each instance was met."""
    replaces: bool = False
    """What instances had is loaded anew (populate_existing)."""
    refused: bool = field(default=False, compare=False)
    """The rollback comes of a flush or commit that has failed, not of a call."""
    keyed: bool = False
    """One row was chosen by its primary key: instances whose keys are known were not met."""
    model: ModelInfo | None = field(default=None, compare=False)
    """The class whose rows were loaded."""


@dataclass(slots=True)
class HeapObject:
    """Base of heap records. A record never changes: another takes its place."""

    mentions: tuple[ObjectId, ...] | None = field(default=None, init=False, compare=False, repr=False)
    """Ids of the objects it refers to, once `flow.states.state.references` has looked."""


RETURNED = "returned"
"""Origin of a session of which the annotation of a function tells, and nothing else."""


@dataclass(slots=True)
class Session(HeapObject):
    """An AsyncSession, AsyncConnection or synchronous Session."""

    kind: str = "session"
    """`session` or `connection`."""
    is_async: bool = True
    expire_on_commit: bool | None = None
    autoflush: bool | None = True
    certain: bool = True
    """False when expire_on_commit rests on a project-wide default."""
    origin: str = "local"
    """`parameter`, `dependency`, `local`, `module`, `attribute`."""
    log: tuple[LogEntry, ...] = ()
    calls: tuple[tuple[int, int, Passage], ...] = field(default=(), compare=False)
    """The calls in which parts of the log have happened, from and to which entry; inner ones first."""
    in_transaction: bool | None = False
    savepoints: int = 0
    closed_at: Span | None = field(default=None, compare=False)
    is_closed: bool = False
    managed: bool = False
    """Inside an `async with` of its own: the end of that block closes it."""
    escaped: bool = False
    """Given to code out of sight, which may close it."""
    cls: ClassInfo | None = None
    """The project's subclass of AsyncSession, if it is one."""
    of: ObjectId | None = None
    """The session whose connection this is."""
    created_at: Span | None = field(default=None, compare=False)


class Phase(StrEnum):
    TRANSIENT = "transient"
    PENDING = "pending"
    PERSISTENT = "persistent"
    DETACHED = "detached"
    DELETED = "deleted"


@dataclass(slots=True, frozen=True)
class Staleness:
    """Why attributes are unreadable, and where that happened."""

    cause: ExpiryCause
    span: Span = field(compare=False)
    inside: bool = field(default=True, compare=False)
    """Happened in the function being interpreted (not before it was entered)."""
    certain: bool = True
    via: tuple[Passage, ...] = field(default=(), compare=False)
    """The calls in which that happened, the innermost first."""


@dataclass(slots=True)
class Instance(HeapObject):
    """A mapped instance.

    `plan` says what its load filled (None: nothing is known, reads are silent);
    `attributes` holds what was set, refreshed or already looked at.
    """

    model: ModelInfo
    session: ObjectId | None = None
    plan: Plan | None = None
    options: Plan | None = None
    """What the first load was told to load: a refresh without names repeats that."""
    attributes: dict[str, Value] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    """Attributes a constructor or an assignment has set."""
    phase: Phase = Phase.PERSISTENT
    seen: int = 0
    expired: Staleness | None = None
    stale: tuple[tuple[str, Staleness], ...] = ()
    """Single attributes that need a reload (server-generated after UPDATE...)."""
    dirty: frozenset[str] = frozenset()
    """Attributes changed and not flushed."""
    borrowed: frozenset[str] = frozenset()
    """To-one attributes that the identity map serves while the session is open."""
    linked: bool = False
    """Another object was made to refer to it: the flush that writes this asks for its key."""
    nullable: bool = False
    whole: bool = False
    """It stands for each of all rows of its table, which a list holds."""
    loaded_at: Span | None = field(default=None, compare=False)
    via: tuple[Passage, ...] = field(default=(), compare=False)
    """The calls into which and out of which it has come since it was loaded, in order."""
    detached: Staleness | None = field(default=None, compare=False)
    uncommitted: bool = False
    """Inserted in the current transaction: a rollback makes it transient."""
    assumed: bool = False
    """A parameter beside the function's only session: taken to live in that session."""
    savepoint: str = ""
    """`changed` or `inserted` since the last savepoint: its rollback undoes that."""
    root: ObjectId | None = field(default=None, compare=False)
    """The instance from which this one was reached by relationships."""
    path: tuple[tuple[str, str, bool], ...] = field(default=(), compare=False)
    """Relationship steps from the root: (class, attribute, is collection)."""


@dataclass(slots=True)
class ListObject(HeapObject):
    """A list, set or other collection: known items, or a representative element."""

    items: tuple[Value, ...] | None = ()
    element: Value | None = None
    """Stands for any element, when the items are not known one by one."""
    kind: str = "list"
    owner: tuple[ObjectId, str] | None = None
    """The instance and attribute this is the collection of."""
    absent: Value | None = field(default=None, compare=False)
    """What stood for the elements, on a path on which there are none."""
    per: Value | None = field(default=None, compare=False)
    """What stands for the elements of another collection, for each of which this one has an element."""
    groups: bool = False
    """Stands for all the lists that a dict keeps under keys that are not known."""


@dataclass(slots=True)
class DictObject(HeapObject):
    items: dict[object, Value] = field(default_factory=dict)
    element: Value | None = None
    """Stands for the values under keys that are not known."""
    opaque: bool = False
    missing: str = ""
    """The kind of collection that a `defaultdict` makes for a missing key, or empty."""
    origins: tuple[tuple[object, str], ...] = field(default=(), compare=False)
    """Keys of unknown values, and the variables of the function at hand that have these values."""


@dataclass(slots=True)
class ProjectObject(HeapObject):
    """An object of a class of the project that is not mapped."""

    cls: ClassInfo
    attributes: dict[str, Value] = field(default_factory=dict)
    exact: bool = True
    """Constructed in sight: the class is exactly `cls`, not a subclass."""
    arguments: tuple[Value, ...] = ()


@dataclass(slots=True)
class Engine(HeapObject):
    is_async: bool = True
    constructor: str = "create_async_engine"
    null_pool: bool = False
    disposed: bool = False
    stored: str = ""
    """Where a reference that outlives the function was put, or empty."""
    created_at: Span | None = field(default=None, compare=False)


@dataclass(slots=True)
class Application(HeapObject):
    kind: str = "FastAPI"
    has_lifespan: bool | None = False
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True)
class Task(HeapObject):
    """A task that may still run, and the sessions it uses."""

    uses: frozenset[Use] = frozenset()
    result: Value = UNKNOWN
    spawner: str = ""
    group: ObjectId | None = None
    created_at: Span | None = field(default=None, compare=False)
    carrier: str = field(default="argument", compare=False)
    replicated: bool = False


@dataclass(slots=True)
class TaskGroup(HeapObject):
    spawner: str = "TaskGroup"


@dataclass(slots=True)
class Lock(HeapObject):
    """A lock or a semaphore of one; `limit` other than 1 protects nothing."""

    limit: int | None = 1
