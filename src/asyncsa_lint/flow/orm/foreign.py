"""Refreshing an instance in a session it does not belong to.

    track = await created()              # its session has ended
    async with factory() as session:
        await session.refresh(track)     # InvalidRequestError: not persistent within this Session

A session that was opened in sight has only what it loaded itself, and what was added to it:
an instance that existed before cannot be in it. Where both come from the caller, the caller
answers for it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asyncsa_lint.findings import Confidence, Related
from asyncsa_lint.flow.events import AttributeRead, ReadFailure
from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.orm.trails import handed, obtained
from asyncsa_lint.flow.states.objects import Instance, Phase, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import ObjectId, Ref

if TYPE_CHECKING:
    from asyncsa_lint.flow.calling.summaries import Summary
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


@dataclass(slots=True, frozen=True)
class Refreshed:
    """An instance and a session of the caller's that a callee brings together."""

    instance: ObjectId
    session: ObjectId
    path: str
    trail: tuple[Related, ...]


def check(self: Interpreter, target: Ref, receiver: Ref, node: ast.AST, state: State) -> None:
    """`session.refresh(instance)` is about to run."""
    path = ""
    if isinstance(node, ast.Call) and node.args:
        path = self.source.segment(node.args[0])
    found = Refreshed(target.id, receiver.id, path, (Related(self.span(node), "refreshed here", after=True),))
    _judge(self, found, node, (), state)


def replayed(
    self: Interpreter,
    summary: Summary,
    mapping: dict[ObjectId, ObjectId],
    node: ast.AST,
    state: State,
) -> None:
    """A callee has refreshed what it was given."""
    for each in summary.refreshed:
        mine = Refreshed(
            mapping.get(each.instance, each.instance),
            mapping.get(each.session, each.session),
            each.path,
            (handed(self.span(node), summary.symbol), *each.trail),
        )
        _judge(self, mine, node, each.trail, state)


def _judge(
    self: Interpreter, found: Refreshed, node: ast.AST, trail: tuple[Related, ...], state: State
) -> None:
    record, session = catch_up(found.instance, state), state.get(found.session)
    if record is None or not isinstance(session, Session) or not session.is_async:
        return
    if record.phase not in {Phase.PERSISTENT, Phase.DETACHED}:
        return
    if record.session == found.session:
        return
    if found.session in self.inputs:
        if found.instance in self.inputs:
            self.refreshed[found] = None
        return
    if not _is_foreign(found, record, session) or _took_others(found.session, state):
        return
    here = self.span(node)
    origin = obtained(record, f"`{record.model.name}` is obtained here", here)
    if session.created_at is not None:
        origin.append(Related(session.created_at, "the session is opened here"))
    self.context.publish(
        AttributeRead(
            span=here,
            symbol=self.symbol,
            trail=(*origin, *trail),
            confidence=Confidence.HIGH if record.session is not None else Confidence.MEDIUM,
            model=record.model.name,
            attribute="",
            path=found.path,
            failure=ReadFailure.FOREIGN,
            is_relationship=False,
            load=record.loaded_at,
        )
    )


def _took_others(session: ObjectId, state: State) -> bool:
    """Something older was added to the session, and may have brought this instance along."""
    return any(
        isinstance(record, Instance)
        and record.session == session
        and record.phase is not Phase.DETACHED
        and isinstance(ident, int)
        and isinstance(session, int)
        and ident < session
        for ident, record in state.heap.items()
    )


def _is_foreign(found: Refreshed, record: Instance, session: Session) -> bool:
    """The session was opened here, and the instance is of another one or existed before."""
    if session.origin != "local" or session.created_at is None:
        return False
    if record.session is not None:
        return True
    return (
        isinstance(found.instance, int) and isinstance(found.session, int) and found.instance < found.session
    )
