"""What calling a function does, in a form that can be replayed at other call sites."""

from __future__ import annotations

from dataclasses import dataclass, field

from asyncsa_lint.findings import Confidence, Related
from asyncsa_lint.flow.events import ExpiryCause, ReadFailure
from asyncsa_lint.flow.orm.foreign import Refreshed
from asyncsa_lint.flow.states.objects import HeapObject, Occurrence
from asyncsa_lint.flow.states.values import ObjectId, Use, Value
from asyncsa_lint.flow.tasks.blocking import Wait
from asyncsa_lint.project.mapping.mapped_attributes import MappedAttribute

ENDINGS = frozenset(
    {Occurrence.COMMIT, Occurrence.ROLLBACK, Occurrence.CLOSE, Occurrence.EXPIRE_ALL, Occurrence.EXPUNGE_ALL}
)
"""What ends a transaction or the life of a session: what a caller notices most."""


@dataclass(slots=True)
class PendingRead:
    """A failing read of an object that the caller handed over: the caller answers for it."""

    ident: ObjectId
    """The object of the caller from which the read object was reached."""
    steps: tuple[tuple[str, str, bool], ...]
    """Relationship steps from that object to the one that is read."""
    model: str
    attribute: MappedAttribute
    failure: ReadFailure
    expired_by: ExpiryCause | None
    path: str
    trail: tuple[Related, ...]
    serialised_by: str
    confidence: Confidence


@dataclass(slots=True, frozen=True)
class Chosen:
    """A row that a function has chosen by a key (`flow.calling.returned_rows`)."""

    row: ObjectId
    function: str
    """Name of the function."""
    parameter: str = ""
    position: int = 0
    """The parameter that is the key, and its place among the arguments after the receiver."""
    literal: tuple[object, ...] | None = None
    got: bool = False
    """By `get`, which loads nothing where the row is there."""


@dataclass(slots=True)
class Outcome:
    """One way in which a call ends."""

    value: Value
    heap: dict[ObjectId, HeapObject]
    uses: frozenset[Use] = frozenset()
    tasks: tuple[ObjectId, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    """Rows that were chosen by a key."""
    exception: str | None = None
    """Name of the exception type when the call raises; empty when its type is not known."""
    leaving: tuple[dict[ObjectId, HeapObject], ...] = ()
    """For a generator used as context manager: the heaps after the code behind its yield."""


@dataclass(slots=True)
class Summary:
    """All outcomes of a function for one abstract situation of its arguments."""

    inputs: tuple[ObjectId, ...]
    before: dict[ObjectId, HeapObject]
    outcomes: tuple[Outcome, ...] = ()
    reads: tuple[PendingRead, ...] = ()
    yields: tuple[Outcome, ...] = ()
    complete: bool = True
    """False while being computed (recursion) or when a bound was reached: nothing is known."""
    env: dict[str, Value] = field(default_factory=dict)
    touched: dict[ObjectId, tuple[str, ...]] = field(default_factory=dict)
    """Attributes of the caller's objects that the outcome depends on."""
    refreshed: tuple[Refreshed, ...] = ()
    """Instances of the caller's that were refreshed in sessions of the caller's (`flow.orm.foreign`)."""
    waits: Wait | None = None
    """The first call of a plain function that waits for a database (`flow.tasks.blocking`)."""
    received: frozenset[ObjectId] = frozenset()
    """Process-wide objects among the arguments."""
    symbol: str = ""
    """Qualified name of the function in its module."""
