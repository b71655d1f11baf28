"""The calls through which things have come to the function at hand, noted for the trails of findings.

    async def find(self, key):
        return await self.session.get(Order, key)    # loaded
    ...
    order = await orders.find(key)                   # comes out of `Orders.find`
    await orders.save(order)                         # the commit inside expires it

No verdict depends on a passage, so it is no part of what records are compared by.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import HeapObject, Instance, Passage, Session, Staleness

if TYPE_CHECKING:
    from asyncsa_lint.flow.calling.summaries import Summary
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


class Call:
    """The call at `node` of the function that the summary is of; most of them leave nothing to tell."""

    __slots__ = ("_interpreter", "_node", "_passage", "_symbol")

    def __init__(self, interpreter: Interpreter, summary: Summary, node: ast.AST) -> None:
        self._interpreter = interpreter
        self._symbol = summary.symbol
        self._node = node
        self._passage: Passage | None = None

    @property
    def passage(self) -> Passage:
        """Where it is, and what it calls."""
        if self._passage is None:
            self._passage = Passage(self._interpreter.span(self._node), self._symbol)
        return self._passage


class Around:
    """The calls around one entry of a session's log; most entries make nothing stale."""

    __slots__ = ("_position", "_session")

    def __init__(self, session: Session, position: int) -> None:
        self._session = session
        self._position = position

    @property
    def calls(self) -> tuple[Passage, ...]:
        """From the inside to the outside."""
        return tuple([call for start, end, call in self._session.calls if start <= self._position < end])


NOWHERE = Around(Session(), 0)


def logged(mine: Session, before: int, inner: Session, call: Call) -> Session:
    """The caller's session with what the call has added to its log, which had `before` entries inside."""
    if len(inner.log) == before:
        return mine
    length = len(mine.log)
    moved = [
        (start - before + length, end - before + length, each)
        for start, end, each in inner.calls
        if start >= before
    ]
    log = mine.log + inner.log[before:]
    return replace(mine, log=log, calls=(*mine.calls, *moved, (length, len(log), call.passage)))


def brought(record: Instance, root: HeapObject | None, seen: int, call: Call) -> Instance:
    """An instance that the call has made, in the caller's hands; `seen` counts in the caller's log.

    What the callee reached from an object of the caller's was loaded with that one, its `root`.
    """
    return replace(
        record,
        seen=seen,
        loaded_at=root.loaded_at if isinstance(root, Instance) else record.loaded_at,
        via=root.via if isinstance(root, Instance) else (*record.via, call.passage),
        expired=None if record.expired is None else later(record.expired, call),
        detached=None if record.detached is None else later(record.detached, call),
        stale=tuple([(name, later(each, call)) for name, each in record.stale]) if record.stale else (),
    )


def spoilt(changes: dict[str, Any], before: Instance, call: Call) -> None:
    """The changes of an instance of the caller's: what the call has made unreadable, it has."""
    for name in ("expired", "detached"):
        if changes.get(name) is not None:
            changes[name] = later(changes[name], call)
    if "stale" in changes:
        known = {name for name, _ in before.stale}
        changes["stale"] = tuple(
            (name, each if name in known else later(each, call)) for name, each in changes["stale"]
        )


def later(staleness: Staleness, call: Call) -> Staleness:
    """What made an instance stale, with one more call around it."""
    return replace(staleness, via=(*staleness.via, call.passage))
