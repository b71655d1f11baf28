"""What the interpreter publishes: one frozen record per thing that happens on a path.

Events are facts about the program, not opinions: they carry where the thing happens
(`site`: the span where the developer acts and the enclosing function), what led to it
(`trail`, in order of execution) and what is known about the objects involved. Rules
turn them into findings. The interpreter publishes only what it has shown; whatever it
could not resolve never becomes an event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from asyncsa_lint.findings import Confidence, Fix, Related, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event has: place, enclosing function, trail, certainty."""

    span: Span
    symbol: str
    """Qualified name of the function the span is in; empty at module level."""
    trail: tuple[Related, ...] = ()
    confidence: Confidence = Confidence.HIGH


class ReadFailure(StrEnum):
    """Why reading the attribute does I/O that can not happen there."""

    NOT_LOADED = "not-loaded"
    """No loader option, default, refresh or assignment loaded it (MissingGreenlet)."""
    RAISELOAD = "raiseload"
    """Mapped or loaded as raise / raise_on_sql: InvalidRequestError."""
    DETACHED = "detached"
    """Not loaded and the session is gone: DetachedInstanceError."""
    EMPTY = "empty"
    """Mapped as noload: no I/O, and the value is None or an empty collection whatever the database has."""
    FOREIGN = "foreign"
    """Refreshed in a session that the instance does not belong to: InvalidRequestError."""
    EXPIRED = "expired"
    """Was loaded, then commit, rollback, expire or an UPDATE made it stale."""


class ExpiryCause(StrEnum):
    """What expired the attribute."""

    COMMIT = "commit"
    ROLLBACK = "rollback"
    REFUSED = "refused"
    """A flush or commit that failed, which rolls the transaction back."""
    EXPIRE = "expire"
    UPDATE = "update"
    """Server-generated value (onupdate, Computed) after an UPDATE was flushed."""
    SQL_EXPRESSION = "sql-expression"
    """The attribute was assigned a SQL expression and flushed."""


class LoadForm(StrEnum):
    """How a load takes loader options."""

    STATEMENT = "statement"
    """`.options(...)` at the end of the expression that builds the statement."""
    GET = "get"
    """`options=[...]` of the call."""
    ARGUMENT = "argument"
    """An argument of a call, from which the statement has its options."""
    PASSED = "passed"
    """The statement does not name the class: the option has to come from somewhere else."""


@dataclass(frozen=True, slots=True)
class LoadSite:
    """Where a loader option has to be written."""

    span: Span
    form: LoadForm
    option: str
    """The option as the file at hand spells the classes."""
    needs: tuple[str, ...] = ()
    """Classes the file has to import for it, as `module:name`."""
    complete: bool = True
    """False when some class of the option can not be named there, or it would contradict another one."""
    replaces: bool = False
    """The statement has an option that forbids or skips what is read."""
    parameter: str = ""
    """Of an argument: the name of its parameter, with a star where it takes all that follow."""
    index: int = 0
    """Of an argument: its position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeRead(Event):
    """An attribute of a mapped instance is read (or mutated) where that must fail."""

    model: str
    """Class name, e.g. `Order`."""
    attribute: str
    path: str
    """Source-like spelling of what is read, e.g. `order.items`."""
    failure: ReadFailure
    is_relationship: bool
    is_collection: bool = False
    expired_by: ExpiryCause | None = None
    cause: Span | None = None
    """The commit, rollback, end of block or UPDATE that expired or detached it."""
    serialised_by: str = ""
    """Name of the schema whose field makes the read (response_model, model_validate)."""
    option: str = ""
    """Loader option that repairs it, e.g. `selectinload(Order.items)`; may be empty."""
    load: Span | None = None
    """The statement or call that loaded the instance."""
    site: LoadSite | None = None
    """Where the option belongs; None when that can not be told."""
    created: bool = False
    """The program made the object, so no statement loaded it."""
    read_at: Span | None = None
    """Where it is read, when that is in a function which the span hands the object to."""
    ended: str = ""
    """The eager strategy of its mapping, where it ends because the path meets a class again (TRUTH A(c))."""
    unflushed: bool = False
    """The instance has changes that are not flushed: a refresh would drop them (observed)."""
    refresh: str = ""
    """The call that makes it readable here, e.g. `session.refresh(order)`; empty when names are missing."""


def read_of(event: Event) -> tuple[object, ...] | None:
    """What is read where, for a read: paths that lead to the same one are told only once."""
    if not isinstance(event, AttributeRead):
        return None
    return (event.span, event.model, event.attribute, event.serialised_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedCollectionConsumed(Event):
    """A result with joined eager collections is consumed without `unique()`."""

    relationship: str
    """`Order.items`."""
    method: str
    """The consuming call: `all`, `scalar_one`, iteration..."""
    fix: Fix | None = None


class Resource(StrEnum):
    """Async database objects whose methods are coroutines."""

    ENGINE = "AsyncEngine"
    CONNECTION = "AsyncConnection"
    SESSION = "AsyncSession"
    POOL = "asyncpg pool"
    TRANSACTION = "AsyncTransaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoroutineLost(Event):
    """A coroutine method of a database object is called and its result never awaited."""

    resource: Resource
    method: str
    how: str
    """`dropped`, `used as a value`, `registered with atexit.register`..., `used in a truth test`."""
    inside: bool = False
    """A coroutine function of the project, which uses the object."""
    fix: Fix | None = None


class Mismatch(StrEnum):
    """Which half of the sync/async protocol is wrong."""

    AWAIT_ON_SYNC = "await on a synchronous method"
    AWAIT_ON_OBJECT = "await on an object that is no coroutine"
    ASYNC_WITH_ON_SYNC = "async with on what is no async context manager"
    PLAIN_WITH = "plain with on an async context manager"
    ASYNC_WITH_AWAITED = "async with on an awaited connection or transaction"
    PLAIN_FOR = "plain for over an async result"
    ASYNC_FOR_ON_SYNC = "async for over a buffered result or a coroutine"
    SYNC_DDL = "metadata DDL on an async engine or connection"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolMismatch(Event):
    """`await`, `with` or `for` used on the wrong kind of SQLAlchemy object."""

    mismatch: Mismatch
    resource: str
    """`AsyncSession`, `AsyncEngine`, `AsyncResult`..."""
    expression: str
    """Source of the guilty call, e.g. `session.add`."""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCreated(Event):
    """An engine or pool is constructed; `request_trail` tells how a request gets there."""

    constructor: str
    """`create_async_engine`, `create_engine`, `asyncpg.create_pool`..."""
    context: str
    """`path operation`, `dependency`, `middleware`, `background task`, `exception handler`,
    `websocket`, `data-access method`, `lifespan`, `module`, `test`, `migration`, `script`,
    `cached`, `bootstrap`, `constructor`, `function`."""
    per_request: bool
    """Runs for every request or call, uncached."""
    disposed_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineAbandoned(Event):
    """An engine reaches the end of its owner's life with no awaited dispose on any path."""

    constructor: str
    owner: str
    """`local variable`, `module`, `self.<name>`, `app.state.<name>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHeldGlobally(Event):
    """A session instance is bound to something that outlives a request."""

    holder: str
    """`module`, `class`, `app.state`, `lifespan state`, `default argument`, `cached function`,
    `singleton <name>`."""


class DependencyDefect(StrEnum):
    """How a FastAPI session dependency mishandles its session."""

    RETURNS_SESSION = "returns-session"
    YIELDS_UNCLOSED = "yields-unclosed"
    NO_YIELD = "no-yield"
    SEVERAL_YIELDS = "several-yields"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDependency(Event):
    """A dependency that can hand out a session wrongly."""

    dependency: str
    defect: DependencyDefect
    called: bool = False
    """Code of the project calls the function itself, so that its kind can not change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUnmanaged(Event):
    """A session or connection is never closed, or used after its block closed it."""

    resource: Resource
    used_after_close: bool
    closed_at: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedSessionBuilt(Event):
    """`scoped_session` / `async_scoped_session` in code that uses the asyncio extension."""

    registry: str
    explicit_scope: bool
    """A scopefunc based on the current task or a ContextVar was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartupHandler(Event):
    """A startup/shutdown handler registered on an app or router."""

    registration: str
    """`@app.on_event("startup")`, `FastAPI(on_startup=...)`, `add_event_handler`."""
    target: str
    """`FastAPI`, `Starlette`, `APIRouter`."""
    ignored: bool
    """The app also has a lifespan, so the handler never runs."""
    app: Span | None = None
    """The call that makes the application, where there is one and it has no lifespan."""


class LifespanDefect(StrEnum):
    """What is wrong with a lifespan's clean-up."""

    RELEASE_UNPROTECTED = "release-unprotected"
    """Released after the yield without finally, exit stack or async with."""
    ACQUISITION_GAP = "acquisition-gap"
    """An await or second acquisition stands between acquiring and protecting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifespanCleanup(Event):
    """A resource of a lifespan that leaks if start-up or the app fails."""

    defect: LifespanDefect
    resource: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifespanNotWired(Event):
    """A lifespan that owns database resources and reaches no application."""

    lifespan: str
    """Name of the unused lifespan; empty when the app has none at all."""
    app: Span | None = None
    """The call that makes the application it must be meant for, in the same file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicRelationship(Event):
    """`lazy="dynamic"`, `DynamicMapped`, `dynamic_loader()` on a mapped class."""

    model: str
    attribute: str
    spelling: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionShared(Event):
    """One session or connection is used by two tasks or threads that can be active at once."""

    resource: Resource
    spawner: str
    """`asyncio.gather`, `TaskGroup.create_task`, `asyncio.create_task`, `to_thread`..."""
    carrier: str
    """How it got there: `argument`, `closure`, `self.session`, `service.session`..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingCall(Event):
    """An `async def` waits for a database in the thread of the event loop."""

    interface: str
    """Synchronous interface that waits: `Session`, `Connection`, `Engine`, or the name of a driver."""
    expression: str
    """Source of what is called, e.g. `session.commit`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedToBackground(Event):
    """A request's session or mapped instance is given to work that outlives the handler."""

    spawner: str
    """`BackgroundTasks.add_task`, `BackgroundTask`, `asyncio.create_task`..."""
    what: str
    """`session`, `instance of Order`, `object holding a session`."""
    argument: str = field(default="")
    """Source of the argument."""
