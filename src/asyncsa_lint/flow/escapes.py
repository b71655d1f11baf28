"""Sessions and engines that are put where they outlive the function that made them."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from asyncsa_lint.flow.events import SessionHeldGlobally
from asyncsa_lint.flow.objects import Engine, ProjectObject, Session
from asyncsa_lint.flow.state import State
from asyncsa_lint.flow.values import ClassValue, ExternalValue, LibraryMethod, ModuleValue, Ref, Value

if TYPE_CHECKING:
    from asyncsa_lint.flow.interpreter import Interpreter

APP_STATE = "asyncsa.app.state"
"""Value of `app.state`: one namespace per application, alive as long as the process."""
CACHES = frozenset({"lru_cache", "cache", "alru_cache", "cached"})


def stored(self: Interpreter, value: Value, holder: str, source: ast.AST, state: State) -> None:
    """The value is bound to something process-wide."""
    record = state.object_of(value)
    if isinstance(record, Session) and record.is_async and isinstance(value, Ref):
        if record.origin == "module" or (isinstance(value.id, tuple) and self.function is not None):
            return
        self.context.publish(SessionHeldGlobally(span=self.span(source), symbol=self.symbol, holder=holder))
    elif isinstance(record, Engine) and isinstance(value, Ref):
        state.put(value.id, replace(record, stored=record.stored or holder))


def stored_on(
    self: Interpreter, owner: Value, target: ast.Attribute, value: Value, source: ast.AST, state: State
) -> None:
    """`owner.name = value`, when the owner is process-wide."""
    holder = holder_of(owner, state)
    if holder:
        stored(self, value, holder, source, state)
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
