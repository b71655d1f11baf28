"""Small fakes: a parent with children and a few columns, sessions and their log."""

from __future__ import annotations

from typing import Any

from asyncsa_lint.facts.records import ClassFacts, ModuleFacts
from asyncsa_lint.findings import Span
from asyncsa_lint.flow.orm import failures
from asyncsa_lint.flow.orm.plans import EMPTY, Loading
from asyncsa_lint.flow.states.objects import Instance, LogEntry, Occurrence, Phase, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.project.mapping.mapped_attributes import (
    AttributeKind,
    Direction,
    MappedAttribute,
    ModelInfo,
)
from asyncsa_lint.project.symbols import ClassInfo, ModuleInfo

MODULE = ModuleInfo("models", "/models.py", ModuleFacts("/models.py", (), (), None), is_package=False)
SESSION = 1


def cls(name: str) -> ClassInfo:
    return ClassInfo(MODULE, ClassFacts(name, name, 1, 0, 9, (), (), (), ()))


PARENT, CHILD = cls("Parent"), cls("Child")


def span(line: int = 1) -> Span:
    return Span("/app.py", line, 0, line, 9)


def relationship(name: str, owner: ClassInfo, target: ClassInfo, **given: Any) -> MappedAttribute:
    given.setdefault("direction", Direction.ONE_TO_MANY if given.get("collection") else Direction.MANY_TO_ONE)
    return MappedAttribute(
        name=name, kind=AttributeKind.RELATIONSHIP, owner=owner, line=1, column=0, target=target, **given
    )


def column(name: str, owner: ClassInfo = PARENT, **given: Any) -> MappedAttribute:
    kind = given.pop("kind", AttributeKind.COLUMN)
    return MappedAttribute(name=name, kind=kind, owner=owner, line=1, column=0, **given)


def model(owner: ClassInfo, *attributes: MappedAttribute, **given: Any) -> ModelInfo:
    values: dict[str, Any] = {
        "eager_defaults": "auto",
        "has_returning": True,
        "is_table": True,
        "is_sqlmodel": False,
        "is_dataclass": False,
        "has_async_attrs": True,
        "parent": None,
        "certain": True,
        "tablename": owner.facts.name.lower(),
    }
    return ModelInfo(
        cls=owner, name=owner.facts.name, attributes={a.name: a for a in attributes}, **{**values, **given}
    )


CHILDREN = relationship("children", PARENT, CHILD, collection=True, back_populates="parent")
PARENT_MODEL = model(
    PARENT,
    column("id", primary_key=True),
    column("name"),
    column("big", deferred=True),
    column("updated", onupdate="sql", server_generated=True),
    CHILDREN,
)


def instance(**given: Any) -> Instance:
    values: dict[str, Any] = {"model": PARENT_MODEL, "session": SESSION, "plan": EMPTY, "options": EMPTY}
    return Instance(**{**values, **given})


def pending(**given: Any) -> Instance:
    return instance(phase=Phase.PENDING, plan=None, options=None, **given)


def entry(occurrence: Occurrence, *, expires: bool = False, **given: Any) -> LogEntry:
    return LogEntry(occurrence, span(), expires=expires, **given)


def state(*log: LogEntry) -> State:
    made = State({}, next_id=10)
    made.put(SESSION, Session(log=log))
    return made


def failing(record: Instance) -> frozenset[str]:
    """Attributes whose read is claimed to fail."""
    return frozenset(name for name in record.model.attributes if _fails(record, name))


def _fails(record: Instance, name: str) -> bool:
    attribute = record.model.attributes[name]
    if failures.expired(record, attribute) is not None:
        return True
    if name in record.attributes or record.plan is None:
        return False
    if record.phase not in {Phase.PERSISTENT, Phase.DETACHED}:
        return False
    return record.plan.look_up(record.model, attribute)[0] in {Loading.UNLOADED, Loading.RAISES}
