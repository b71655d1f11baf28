"""Sessions and engines that are put where they outlive the function that made them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.events import SessionHeldGlobally
from asyncsa_lint.flow.lifecycle.confined import is_confined
from asyncsa_lint.flow.states.carried import given_away, sessions_held
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import DictObject, Engine, HeapObject, ProjectObject, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    ClassValue,
    ExternalValue,
    LibraryMethod,
    ModuleValue,
    ObjectId,
    Ref,
    TypeValue,
    Value,
)
from asyncsa_lint.project.registrations import Role

if TYPE_CHECKING:
    from asyncsa_lint.findings import Span
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

APP_STATE = "asyncsa.app.state"
"""Value of `app.state`: one namespace per application, alive as long as the process."""
CACHES = frozenset({"lru_cache", "cache", "alru_cache", "cached"})


def stored(self: Interpreter, value: Value, holder: str, source: ast.AST, state: State) -> None:
    """The value is bound to something process-wide."""
    record = state.object_of(value)
    if isinstance(record, Session) and record.is_async and isinstance(value, Ref):
        if record.origin == "module" or (isinstance(value.id, tuple) and self.function is not None):
            return
        if record.kind == "scoped":
            return
        given_away([value], state)
        _publish(self, self.span(source), holder)
    elif isinstance(record, ProjectObject) and record.exact:
        _stored_object(self, value, record, holder, source, state)
    elif isinstance(record, Engine) and isinstance(value, Ref):
        state.put(value.id, replace(record, stored=record.stored or holder))


def stored_on(
    self: Interpreter, owner: Value, target: ast.Attribute, value: Value, source: ast.AST, state: State
) -> None:
    """`owner.name = value`, when the owner is process-wide."""
    holder = holder_of(owner, state)
    if holder and not (_answered_by_caller(self, owner) and _from_caller(self, value)):
        stored(self, value, holder, source, state)
    if holder == "app.state":
        kept = state.get((APP_STATE,))
        items = kept.items if isinstance(kept, DictObject) else {}
        state.put((APP_STATE,), DictObject({**items, target.attr: value}, opaque=True))
    if (
        isinstance(owner, LibraryMethod)
        and owner.kind == "sync_session"
        and target.attr == "expire_on_commit"
    ):
        session = state.object_of(owner.receiver)
        if isinstance(session, Session) and isinstance(owner.receiver, Ref):
            flag = getattr(value, "value", None)
            state.put(
                owner.receiver.id, replace(session, expire_on_commit=flag if isinstance(flag, bool) else None)
            )


def _publish(self: Interpreter, span: Span, holder: str) -> None:
    """One event for one place, whatever objects the place is about."""
    if not any(isinstance(e, SessionHeldGlobally) and e.span == span for e in self.context.events):
        self.context.publish(SessionHeldGlobally(span=span, symbol=self.symbol, holder=holder))


def _stored_object(
    self: Interpreter, value: Value, holder_object: ProjectObject, holder: str, source: ast.AST, state: State
) -> None:
    """An object that was built around a session: the session is what must not be there."""
    for ident in dict.fromkeys(sessions_held(value, state)):
        session = state.get(ident)
        if not isinstance(session, Session) or not session.is_async or isinstance(ident, tuple):
            continue
        given_away([value], state)
        place = self.span(source)
        made = session.created_at
        span = made if made is not None and _is_inside(made, place) else place
        name = f"singleton {holder_object.cls.facts.name}" if holder == "module" else holder
        _publish(self, span, name)


def _is_inside(inner: Span, outer: Span) -> bool:
    return inner.path == outer.path and outer.line <= inner.line <= outer.end_line


def _answered_by_caller(self: Interpreter, owner: Value) -> bool:
    return isinstance(owner, Ref) and owner.id in self.received


def _from_caller(self: Interpreter, value: Value) -> bool:
    return isinstance(value, Ref) and value.id in self.inputs


def bound_by_callee(
    self: Interpreter,
    owners: frozenset[ObjectId],
    heap: dict[ObjectId, HeapObject],
    mapping: dict[ObjectId, ObjectId],
    node: ast.AST,
    state: State,
) -> None:
    """A method of a process-wide object has kept a session that it was given here."""
    for ident in owners:
        record = heap.get(ident)
        owner = mapping.get(ident, ident)
        if not isinstance(record, ProjectObject) or owner in self.received:
            continue
        old = state.get(owner)
        before = old.attributes if isinstance(old, ProjectObject) else {}
        for name, value in record.attributes.items():
            mine = mapping.get(value.id) if isinstance(value, Ref) else None
            if mine is not None and not isinstance(mine, tuple) and Ref(mine) != before.get(name):
                stored(self, Ref(mine), holder_of(Ref(owner), state), node, state)


def of_app_state(name: str, state: State) -> Value:
    """`app.state.name`, as far as this path has set it."""
    kept = state.get((APP_STATE,))
    found = kept.items.get(name) if isinstance(kept, DictObject) else None
    return ExternalValue(f"{APP_STATE}.{name}") if found is None else found


def is_kept_by_app(value: Value) -> bool:
    """Something of `app.state` that this path has not set."""
    return isinstance(value, ExternalValue) and value.name.startswith(f"{APP_STATE}.")


def holder_of(owner: Value, state: State) -> str:
    """What the owner is, when it lives as long as the process; else empty."""
    if isinstance(owner, ExternalValue) and owner.name == APP_STATE:
        return "app.state"
    if isinstance(owner, ModuleValue):
        return "module"
    if isinstance(owner, ClassValue):
        return "class"
    record = state.object_of(owner)
    if isinstance(owner, Ref) and isinstance(owner.id, tuple) and isinstance(record, ProjectObject):
        return f"singleton {owner.id[2] or record.cls.facts.name}"
    return ""


def stored_in_variable(self: Interpreter, name: str, value: Value, source: ast.AST, state: State) -> None:
    """A variable of the module is bound, by its own code or under a `global` statement."""
    session = state.object_of(value)
    late = isinstance(session, Session) and self.function is not None
    if late and is_confined(self.context.lifecycle.scene, self.module, name):
        given_away([value], state)
    else:
        stored(self, value, "module", source, state)


def is_own_key(key: Value, value: Value, state: State) -> bool:
    """`cache[session] = ...`, `cache[id(session)] = ...`: who finds it there has the session already.

    The same holds for what a task keeps under itself.
    """
    named = key.receiver if isinstance(key, LibraryMethod) and key.kind == "identity" else key
    if isinstance(named, TypeValue):
        return named.name == "asyncio.current_task"
    return isinstance(named, Ref) and named.id in set(sessions_held(value, state))


def stored_in_container(
    self: Interpreter, container: ast.expr, value: Value, source: ast.AST, state: State
) -> None:
    """`cache[key] = value` where the container is a module's."""
    if isinstance(container, ast.Name) and container.id not in state.env:
        stored(self, value, "module", source, state)


def returned(self: Interpreter, value: Value, node: ast.AST, state: State) -> None:
    """A cached function hands the same session to everybody."""
    if self.function is not None and not CACHES.isdisjoint(self.context.decorators_of(self.function)):
        stored(self, value, "cached function", node, state)


def yielded(self: Interpreter, node: ast.Yield, value: Value, state: State) -> None:
    """What a lifespan yields is the `state` of every request, one and the same for all."""
    record = state.object_of(value)
    if not isinstance(record, DictObject) or self.function is None or self.depth > 0:
        return
    held = [each for each in record.items.values() if any(sessions_held(each, state))]
    if held and self.context.lifecycle.scene.roles.has(self.function, Role.LIFESPAN):
        for each in held:
            stored(self, each, "lifespan state", node.value or node, state)
