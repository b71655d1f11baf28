"""The abstract values an expression can have.

Values are immutable and compare by content. Whatever has identity and changes along a
path (sessions, mapped instances, lists, project objects, engines, tasks) lives in the
state's heap (`flow.states.objects`) and is named by a `Ref`. `UNKNOWN` is the top of the order:
every other value is more precise, and code that meets it stays silent.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from asyncsa_lint.findings import Span
    from asyncsa_lint.flow.orm.plans import LoaderOption, Plan
    from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo, ModuleInfo

ObjectId: TypeAlias = "int | tuple[str, ...]"
"""An int for objects made on this path, a tuple (module, name, ...) for process-wide ones."""
PLACEHOLDER = "placeholder"
"""Part of the id of a process-wide object that is None until a function fills it."""
Use: TypeAlias = "tuple[ObjectId, frozenset[ObjectId]]"
"""A session whose connection is used, and the locks held meanwhile."""


class Value:
    """Base of all abstract values."""

    __slots__ = ()


class Unknown(Value):
    """Any object at all."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(slots=True)
class Const(Value):
    """A literal; `Const(1)` and `Const(True)` differ."""

    value: object

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Const) and type(self.value) is type(other.value) and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash((type(self.value).__name__, self.value))


class Key(Value):
    """A key of a stored row: neither None nor false."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "KEY"


class Some(Value):
    """Anything but None."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "SOME"


KEY = Key()
SOME = Some()
NONE = Const(None)
TRUE = Const(True)
FALSE = Const(False)


@dataclass(slots=True, unsafe_hash=True)
class Ref(Value):
    """A heap object."""

    id: ObjectId


@dataclass(slots=True, unsafe_hash=True)
class TupleValue(Value):
    items: tuple[Value, ...]
    names: tuple[str, ...] = ()
    """Names of the columns, when this is a row of a result."""
    nullable: bool = False
    """A row that may not be there: None instead of the tuple is possible."""


@dataclass(slots=True, unsafe_hash=True)
class ClassValue(Value):
    """A class of the project; `arguments` are its type arguments (`Repo[User]`)."""

    cls: ClassInfo
    arguments: tuple[Value, ...] = ()
    alias: ObjectId | None = None
    """Identity of `aliased(Model)`; None for the class itself."""


@dataclass(slots=True, unsafe_hash=True)
class ExternalValue(Value):
    """Something a library exports, by dotted name."""

    name: str


@dataclass(slots=True, unsafe_hash=True)
class ModuleValue(Value):
    module: ModuleInfo


@dataclass(slots=True, unsafe_hash=True)
class FunctionValue(Value):
    """A function of the project; `captured` are the values of its free names at `def`."""

    function: FunctionInfo
    captured: tuple[tuple[str, Value], ...] = ()
    raw: bool = False
    """The function as it is written, without its decorators."""
    manages: bool = False
    """A generator given to `contextmanager` or `asynccontextmanager`: what a call gives can be entered."""


@dataclass(slots=True, unsafe_hash=True)
class LambdaValue(Value):
    node: ast.Lambda
    module: ModuleInfo
    captured: tuple[tuple[str, Value], ...] = ()


@dataclass(slots=True, unsafe_hash=True)
class BoundMethod(Value):
    receiver: Value
    function: FunctionInfo


@dataclass(slots=True, unsafe_hash=True)
class CallableValue(Value):
    """Something that can be called, of which the annotation alone is known: `Callable[..., AsyncSession]`."""

    returns: ast.expr
    """What it says of that which a call gives."""
    module: ModuleInfo


@dataclass(slots=True, unsafe_hash=True)
class LibraryMethod(Value):
    """A method of an object whose behaviour is library knowledge: `session.execute`."""

    receiver: Value
    kind: str
    """Which knowledge applies: `session`, `result`, `statement`, `engine`..."""
    name: str


@dataclass(slots=True, unsafe_hash=True)
class Partial(Value):
    target: Value
    arguments: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]


@dataclass(slots=True, unsafe_hash=True)
class Arguments:
    """Evaluated call arguments; `opaque` when a `*x` or `**x` of unknown shape was among them."""

    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    opaque: bool = False
    counted: bool = False
    """All positional ones are there: what is unknown came of a `**x`."""

    def get(self, position: int, name: str) -> Value | None:
        """Argument by position or keyword; None when absent."""
        for key, value in self.keywords:
            if key == name:
                return value
        if 0 <= position < len(self.positional):
            return self.positional[position]
        return None

    def keyword(self, name: str) -> Value | None:
        return self.get(-1, name)

    def values(self) -> list[Value]:
        return [*self.positional, *(value for _, value in self.keywords)]


@dataclass(slots=True, unsafe_hash=True)
class Pending(Value):
    """A call that runs later: a coroutine awaited, a generator iterated, a context manager entered.

    `awaited_kind` says which: `coroutine`, `generator`, `async-generator`, `manager`, `async-manager`.
    """

    target: Value
    arguments: Arguments
    kind: str
    node: ast.AST = field(compare=False, hash=False, repr=False)
    module: ModuleInfo = field(compare=False, hash=False, repr=False)
    replicated: bool = False


@dataclass(slots=True, unsafe_hash=True)
class TypeValue(Value):
    """An instance of an external class that matters by its type only: `asyncio.Lock`."""

    name: str


@dataclass(slots=True, unsafe_hash=True)
class FactoryValue(Value):
    """`async_sessionmaker(...)`: makes sessions."""

    is_async: bool
    expire_on_commit: bool | None
    autoflush: bool | None = True
    certain: bool = True
    engine: Value = UNKNOWN
    session_class: ClassInfo | None = None


@dataclass(slots=True, unsafe_hash=True)
class MappedAttributeValue(Value):
    """`Order.items` on the class (or an alias of it)."""

    owner: ClassValue
    name: str
    polymorphic: bool = False
    """`of_type(...)` of a relationship: its rows are selected as a subclass."""


@dataclass(slots=True, unsafe_hash=True)
class SqlValue(Value):
    """A SQL expression: `func.now()`, `Order.id == 1`."""

    is_function: bool = False
    """A call that only the database can evaluate."""
    null: MappedAttributeValue | None = None
    """The column of which this condition says that it is NULL."""
    key: tuple[ClassValue, tuple[object, ...]] | None = field(default=None, compare=False, hash=False)
    """The entity whose row this condition chooses, and the key as it is written (`flow.orm.keys`)."""


SQL = SqlValue()
FUNCTION = SqlValue(is_function=True)


@dataclass(slots=True, unsafe_hash=True)
class OptionsValue(Value):
    """Loader options: what `selectinload(...)` and its chains give."""

    options: tuple[LoaderOption, ...]


@dataclass(slots=True, unsafe_hash=True)
class StatementValue(Value):
    """`select(...)` and friends, with the options given so far."""

    kind: str
    """`select`, `insert`, `update`, `delete`, `text`, `other`."""
    entities: tuple[Value, ...]
    options: tuple[LoaderOption, ...] = ()
    opaque: bool = False
    """Options of unknown content were given: anything may be loaded."""
    populate_existing: bool = False
    synchronize: str = "auto"
    values: tuple[tuple[str, Value], ...] = ()
    nulls: tuple[MappedAttributeValue, ...] = ()
    """Columns that are NULL in every row, by the WHERE clause."""
    filtered: bool = False
    """A WHERE clause chooses among the rows."""
    key: tuple[ClassValue, tuple[object, ...]] | None = field(default=None, compare=False, hash=False)
    """The entity of which it chooses one row, and the key as it is written (`flow.orm.keys`)."""
    joined: tuple[MappedAttributeValue, ...] = ()
    """Relationships by which rows of its entities are joined."""


@dataclass(slots=True, unsafe_hash=True)
class EntityRow(Value):
    """What one column of a result row is: an instance of a model, loaded by a plan."""

    cls: ClassInfo
    plan: Plan
    nullable: bool = False
    nulls: tuple[str, ...] = ()
    """Attributes that are None in every row."""
    key: tuple[object, ...] | None = field(default=None, compare=False, hash=False)
    """The key by which the row was chosen."""


@dataclass(slots=True, unsafe_hash=True)
class ResultValue(Value):
    """A Result, ScalarResult, AsyncResult...: rows not yet taken out."""

    session: ObjectId | None
    row: tuple[Value, ...]
    scalars: bool
    is_async: bool = False
    unique: bool = False
    joined_collection: str = ""
    """Relationship that makes `unique()` necessary, or empty."""
    mappings: bool = False
    span: Span | None = field(default=None, compare=False, hash=False)
    seen: int | None = field(default=None, compare=False, hash=False)
    """Length of the session's log when the rows were made; None: they are as new."""
    whole: bool = False
    """All rows that there are of a class."""
    pairs: tuple[tuple[int, str, int], ...] = ()
    """Two columns of a row that hold instances; by the relationship the first one has the second."""


@dataclass(slots=True, unsafe_hash=True)
class AwaitableAttributes(Value):
    """`instance.awaitable_attrs`."""

    instance: Ref


@dataclass(slots=True, unsafe_hash=True)
class TransactionValue(Value):
    """What `begin()` and `begin_nested()` give."""

    session: Ref
    nested: bool


@dataclass(slots=True, unsafe_hash=True)
class QueryValue(Value):
    """`session.query(...)` of a synchronous session."""

    session: Ref
    statement: StatementValue


@dataclass(slots=True, unsafe_hash=True)
class LoadedTest(Value):
    """A condition that is true when the attribute is loaded (or not loaded, without `loaded`)."""

    instance: Ref
    name: str
    loaded: bool


@dataclass(slots=True, unsafe_hash=True)
class AttributeNames(Value):
    """`Model.__table__`, its columns, and what is taken from them (`flow.orm.attribute_names`)."""

    cls: ClassInfo
    step: str
    """`table`, `mapper`, `all` (a collection), `each` (one of them), `name` (its name)."""
    group: str = ""
    some: bool = False
    """Code chooses among them."""


@dataclass(slots=True, unsafe_hash=True)
class AdapterValue(Value):
    """`TypeAdapter(annotation)`."""

    annotation: ast.expr
    module: ModuleInfo


@dataclass(slots=True, unsafe_hash=True)
class TemplatesValue(Value):
    """`Jinja2Templates(directory=...)`."""

    folder: str
    """The literal parts of the directory."""
    made_in: str
    """The file that makes it."""


@dataclass(slots=True, unsafe_hash=True)
class SuperValue(Value):
    receiver: Value
    after: ClassInfo
