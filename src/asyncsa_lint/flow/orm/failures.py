"""Reads that can not work: which they are, who answers for them, what repairs them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.findings import Confidence, Related
from asyncsa_lint.flow.calling.summaries import PendingRead
from asyncsa_lint.flow.events import AttributeRead, ExpiryCause, ReadFailure
from asyncsa_lint.flow.orm.elsewhere import loaded_elsewhere
from asyncsa_lint.flow.orm.identity import holds_target
from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.orm.load_sites import hops, plain, site_of
from asyncsa_lint.flow.orm.plans import FOLLOWED, Loading
from asyncsa_lint.flow.orm.trails import Step, handed, leading
from asyncsa_lint.flow.states.objects import Instance, Phase, ProjectObject, Session, Staleness
from asyncsa_lint.flow.states.paths import Raised
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import ObjectId, Ref
from asyncsa_lint.flow.verdicts import Verdict, note
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, Direction, MappedAttribute

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


@dataclass(slots=True)
class Failure:
    kind: ReadFailure
    staleness: Staleness | None = None


def expired(record: Instance, attribute: MappedAttribute) -> Failure | None:
    """The attribute is unreadable because something made it stale, or None."""
    for name, staleness in record.stale:
        if name == attribute.name and attribute.name not in record.attributes:
            kind = ReadFailure.DETACHED if record.phase is Phase.DETACHED else ReadFailure.EXPIRED
            return Failure(kind, staleness)
    if record.expired is None or attribute.name in record.attributes:
        return None
    if record.phase not in {Phase.PERSISTENT, Phase.DETACHED} or attribute.lazy == "noload":
        return None
    if attribute.kind is AttributeKind.RELATIONSHIP and record.plan is not None:
        loading, _ = record.plan.look_up(record.model, attribute)
        if loading is Loading.UNLOADED:
            return Failure(ReadFailure.DETACHED if record.phase is Phase.DETACHED else ReadFailure.NOT_LOADED)
        if loading in {Loading.NOTHING, Loading.SPECIAL}:
            return None
    kind = ReadFailure.DETACHED if record.phase is Phase.DETACHED else ReadFailure.EXPIRED
    return Failure(kind, record.expired)


def reads_as_empty(self: Interpreter, record: Instance, attribute: MappedAttribute, node: ast.AST) -> bool:
    """A relationship mapped as `noload` is looked at on a stored row, not written or added to.

    Serialising it is left alone: an empty field may well be what the schema wants. So is the
    loader option: whoever wrote it into the query has chosen the empty value.
    """
    plan = record.plan
    if plan is None or plan.opaque or plan.created or self.context.serialising:
        return False
    if plan.wildcard or any(name == attribute.name for name, _, _ in plan.loads):
        return False
    if record.phase not in {Phase.PERSISTENT, Phase.DETACHED} or not isinstance(node, ast.Attribute):
        return False
    body = None if self.function is None else self.context.project.node(self.function)
    return isinstance(node.ctx, ast.Load) and not any(
        isinstance(user, ast.Attribute) and user.value is node and user.attr in _ADDING
        for user in ([] if body is None else walk(body))
    )


_ADDING = frozenset({"append", "add", "extend", "update", "insert"})


def source_of(self: Interpreter, node: ast.AST) -> str:
    """One-line source of what is read, shortened."""
    text = " ".join(self.source.segment(node).split())
    return text if len(text) <= 60 else text[:57] + "..."


def report(
    self: Interpreter,
    value: Ref,
    record: Instance,
    attribute: MappedAttribute,
    failure: Failure,
    node: ast.AST,
    state: State,
) -> None:
    """Publish the read here, or leave it to the caller who handed the object over."""
    if (
        failure.kind is ReadFailure.EMPTY
        or (
            failure.staleness is not None
            and not failure.staleness.certain
            and failure.kind is ReadFailure.EXPIRED
        )
        or _may_be_null(record, attribute, failure)
        or not record.model.certain
    ):
        confidence = Confidence.MEDIUM
    else:
        confidence = Confidence.HIGH
    name = (
        source_of(self, node) if isinstance(node, ast.Attribute) else f"{record.model.name}.{attribute.name}"
    )
    if not _may_be_null(record, attribute, failure):
        _raises(self, failure, state)
    owner = _answerable(self, value.id, record, failure)
    read = PendingRead(
        ident=owner if owner is not None else value.id,
        steps=record.path if owner is None or owner != value.id else (),
        model=record.model.name,
        attribute=attribute,
        failure=failure.kind,
        expired_by=failure.staleness.cause
        if failure.staleness is not None and failure.kind is not ReadFailure.NOT_LOADED
        else None,
        path=name,
        trail=(),
        serialised_by=self.context.serialising,
        confidence=confidence,
    )
    if owner is not None:
        entry = state.get(owner)
        if owner != value.id and isinstance(entry, Instance):
            read.steps = record.path[len(entry.path) :]
        read.trail = (Related(self.span(node), f"`{name}` is read here", after=True),)
        self.pending[(owner, read.path, attribute.name, failure.kind, read.trail)] = read
        return
    if loaded_elsewhere(self, value.id, read, state):
        note(self, node, attribute.name, Verdict.UNKNOWN, state)
    elif not _proven_by_test(self, read, record, state):
        publish(self, read, record, value.id, node, record.path, _cause(record, failure), (), state)
        state.broken = state.broken or confidence is Confidence.HIGH


def _raises(self: Interpreter, failure: Failure, state: State) -> None:
    """The read leaves by its exception, besides going on for the sake of what comes after its repair."""
    if failure.kind is not ReadFailure.EMPTY and (self.try_depth or self.depth):
        error = "DetachedInstanceError" if failure.kind is ReadFailure.DETACHED else "MissingGreenlet"
        self.sink.raises.append(Raised(state.fork(), error, passed=True))


def _proven_by_test(self: Interpreter, read: PendingRead, record: Instance, state: State) -> bool:
    """A test that runs: fixtures share its session, so its rows may be there with all they were given."""
    if read.failure is not ReadFailure.NOT_LOADED or not self.context.is_test(self.module.path):
        return False
    session = None if record.session is None else state.get(record.session)
    shared = isinstance(session, Session) and session.origin in {"parameter", "dependency"}
    return shared or read.confidence is Confidence.MEDIUM


def _may_be_null(record: Instance, attribute: MappedAttribute, failure: Failure) -> bool:
    """A to-one whose key may be NULL, or whose target may be in the identity map."""
    return (
        failure.kind is ReadFailure.NOT_LOADED
        and attribute.kind is AttributeKind.RELATIONSHIP
        and not attribute.collection
        and attribute.nullable is not False
    )


def _cause(record: Instance, failure: Failure) -> Staleness | None:
    if failure.kind is ReadFailure.DETACHED and record.detached is not None:
        return record.detached
    return failure.staleness


def _answerable(self: Interpreter, ident: ObjectId, record: Instance, failure: Failure) -> ObjectId | None:
    """The input object whose giver answers for the failure; None when it was caused here."""
    staleness = record.detached if failure.kind is ReadFailure.DETACHED else failure.staleness
    if staleness is not None and staleness.inside:
        return None
    for candidate in (ident, record.root):
        if candidate is not None and candidate in self.inputs:
            return candidate
    return None


def publish(
    self: Interpreter,
    read: PendingRead,
    record: Instance,
    ident: ObjectId,
    node: ast.AST,
    path: tuple[Step, ...],
    cause: Staleness | None,
    inner: tuple[Related, ...],
    state: State,
) -> None:
    """Make the event, with its trail: loaded, made stale, handed over, read."""
    span = self.span(node)
    top = state.get(record.root) if record.root is not None else record
    top = top if isinstance(top, Instance) else record
    self.context.publish(
        _with_repair(
            self,
            AttributeRead(
                span=span,
                symbol=self.symbol,
                trail=(*leading(read, record, top, path, cause, span), *inner),
                confidence=read.confidence,
                model=read.model,
                attribute=read.attribute.name,
                path=read.path,
                failure=read.failure,
                is_relationship=read.attribute.kind is AttributeKind.RELATIONSHIP,
                is_collection=read.attribute.collection,
                expired_by=read.expired_by
                if read.failure in {ReadFailure.EXPIRED, ReadFailure.DETACHED}
                else None,
                cause=None if cause is None else cause.span,
                serialised_by=read.serialised_by,
                read_at=inner[-1].span if inner else None,
                unflushed=bool((catch_up(ident, state.fork()) or record).dirty),
                refresh=_refresh(self, read, record, ident, node, bool(inner), state),
            ),
            read,
            record,
            top,
            path,
        )
    )


def _with_repair(
    self: Interpreter,
    event: AttributeRead,
    read: PendingRead,
    record: Instance,
    top: Instance,
    path: tuple[Step, ...],
) -> AttributeRead:
    """The event with the option that would have loaded the attribute, and its place."""
    # An object that the program made was loaded by no statement that could be mended.
    created = record.plan is not None and record.plan.created
    event = replace(event, load=None if created else record.loaded_at, created=created)
    if read.failure is ReadFailure.EXPIRED or event.expired_by is not None:
        return event
    plan = top.options or top.plan
    if read.failure is ReadFailure.NOT_LOADED and not created:
        event = replace(event, ended=_ended(read.attribute, record, path))
    found = hops(self.context, top.model, plan, path, read.attribute)
    if not found:
        return event
    site = None
    if record.loaded_at is not None and not created:
        site = site_of(self.context, record.loaded_at, found, self.function)
    return replace(event, option=plain(found), site=site)


def _ended(attribute: MappedAttribute, record: Instance, path: tuple[Step, ...]) -> str:
    """The mapped strategy that would have loaded it, had the path not met a class again."""
    circular = bool(path) or attribute.target is record.model.cls
    return attribute.lazy if circular and attribute.lazy in FOLLOWED else ""


def _refresh(
    self: Interpreter,
    read: PendingRead,
    record: Instance,
    ident: ObjectId,
    node: ast.AST,
    handed: bool,
    state: State,
) -> str:
    """`session.refresh(order)`, in names that the function at hand has; empty when it has none."""
    if read.expired_by is ExpiryCause.REFUSED:
        return ""  # before a rollback the session loads nothing
    session = "" if record.session is None else _name_of(record.session, state)
    owner = _name_of(ident, state)
    if not owner and not handed and isinstance(node, ast.Attribute):
        owner = source_of(self, node.value) if isinstance(node.value, ast.Name) else ""
    if not session or not owner:
        return ""
    names = f', ["{read.attribute.name}"]' if read.attribute.kind is AttributeKind.RELATIONSHIP else ""
    return f"{session}.refresh({owner}{names})"


def _name_of(ident: ObjectId, state: State) -> str:
    """A variable, or an attribute of one, that holds the object."""
    for name, value in state.env.items():
        if value == Ref(ident) and name.isidentifier():
            return name
    for name, value in state.env.items():
        holder = state.object_of(value)
        if isinstance(holder, ProjectObject) and name.isidentifier():
            for attribute, held in holder.attributes.items():
                if held == Ref(ident):
                    return f"{name}.{attribute}"
    return ""


def _raises_on_sql(record: Instance, read: PendingRead) -> bool:
    """What raises only when the database would have to be asked can be found in the session."""
    if read.failure is not ReadFailure.RAISELOAD or record.plan is None or read.steps:
        return False
    return record.plan.look_up(record.model, read.attribute)[0] is Loading.RAISES_ON_SQL


def resolve(
    self: Interpreter, read: PendingRead, callee: str, ident: ObjectId, node: ast.AST, state: State
) -> None:
    """A callee could not read what we handed over: pass it on to our caller, or publish it here."""
    record = state.get(ident)
    if not isinstance(record, Instance):
        return
    if (
        (read.failure is ReadFailure.NOT_LOADED or _raises_on_sql(record, read))
        and read.attribute.direction is Direction.MANY_TO_ONE
        and holds_target(self, record, read.attribute, state)
    ):
        return
    staleness = record.expired or next((s for n, s in record.stale if n == read.attribute.name), None)
    if read.failure is ReadFailure.DETACHED:
        staleness = record.detached
    elif read.failure is not ReadFailure.EXPIRED:
        staleness = None
    owner = _answerable(self, ident, record, Failure(read.failure, staleness))
    if owner is not None:
        entry = state.get(owner)
        steps = read.steps
        if owner != ident and isinstance(entry, Instance):
            steps = (*record.path[len(entry.path) :], *read.steps)
        passed = PendingRead(
            owner,
            steps,
            read.model,
            read.attribute,
            read.failure,
            read.expired_by,
            read.path,
            (handed(self.span(node), callee), *read.trail),
            read.serialised_by,
            read.confidence,
        )
        self.pending[(owner, read.path, read.attribute.name, read.failure, passed.trail)] = passed
        return
    if _proven_by_test(self, read, record, state) or loaded_elsewhere(
        self, ident, read, state, below=bool(read.steps)
    ):
        return
    publish(
        self,
        read,
        record,
        ident,
        node,
        (*record.path, *read.steps),
        staleness,
        read.trail,
        state,
    )
