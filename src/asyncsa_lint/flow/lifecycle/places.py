"""Places that hold engines, and what can happen to a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo, ModuleInfo

DISPOSED = "disposed"
ESCAPED = "escaped"
PLACED = "placed"


class Kind(Enum):
    """Kinds of holders."""

    LOCAL = "local"
    ATTRIBUTE = "attribute"
    STATE = "state"
    MODULE = "module"
    RETURN = "return"


class Form(Enum):
    """In what form an engine is held."""

    ENGINE = "engine"
    FACTORY = "factory"
    """A session factory that is bound to it."""


@dataclass(frozen=True, slots=True)
class Place:
    """One holder; `owner` is the function, class or module it belongs to, for `app.state` one
    module that stands for the program."""

    kind: Kind
    owner: FunctionInfo | ClassInfo | ModuleInfo | None
    name: str
    form: Form = Form.ENGINE

    @property
    def is_lasting(self) -> bool:
        """Whether it outlives the call."""
        return self.kind in {Kind.ATTRIBUTE, Kind.STATE, Kind.MODULE}


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Something that happens to a value: it is put in a place, disposed, or out of sight."""

    what: str
    scope: Scope
    place: Place | None = None
