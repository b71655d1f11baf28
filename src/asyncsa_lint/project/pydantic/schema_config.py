"""The configuration of a pydantic model, inherited and merged as pydantic does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.facts.records import BindingKind
from asyncsa_lint.knowledge.schemas import (
    BY_NAME_OPTIONS,
    CONFIG_CALLS,
    FROM_ATTRIBUTES_OPTIONS,
    pydantic_name,
    schema_row,
)
from asyncsa_lint.project.answers import Answers
from asyncsa_lint.project.mapping.declarations import Located, last_value
from asyncsa_lint.project.mapping.evaluator import Evaluator
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.recording import Tracked
from asyncsa_lint.project.symbols import ClassInfo, External


@dataclass(frozen=True, slots=True, eq=False)
class SchemaConfig:
    """The options that decide what is read off an object."""

    from_attributes: bool
    by_name: bool
    by_alias: bool
    custom_getter: bool
    """pydantic 1's `getter_dict`: what it reads is its own business."""
    generator: Callable[[str], str] | None
    """`alias_generator`; answers "" when what it makes can not be told."""


@dataclass(slots=True, eq=False)
class _Options:
    values: dict[str, Located] = field(default_factory=dict)
    from_attributes: bool = False
    """Set by an external base."""


class SchemaConfigs:
    """Configurations by class, memoised."""

    def __init__(self, project: Project, evaluator: Evaluator) -> None:
        self._project = project
        self._evaluator = evaluator
        self._options: Answers[_Options] = Answers(project.recorder)
        self._known: Tracked[ClassInfo, SchemaConfig] = Tracked(project.recorder)

    def of(self, cls: ClassInfo) -> SchemaConfig:
        """The configuration of a schema class."""
        return self._known.get(cls, lambda: self._evaluate(self._options_of(cls)))

    def _evaluate(self, options: _Options) -> SchemaConfig:
        def flag(names: tuple[str, ...], default: bool) -> bool:
            given = [options.values[name] for name in names if name in options.values]
            return any(self._evaluator.flag(place, False) for place in given) if given else default

        generator = options.values.get("alias_generator")
        if generator is not None and self._evaluator.literal(generator) is None:
            generator = None
        return SchemaConfig(
            from_attributes=flag(FROM_ATTRIBUTES_OPTIONS, options.from_attributes),
            by_name=flag(BY_NAME_OPTIONS, False),
            by_alias=flag(("validate_by_alias",), True),
            custom_getter="getter_dict" in options.values,
            generator=self._generator(generator) if generator else None,
        )

    def _options_of(self, cls: ClassInfo) -> _Options:
        return self._options.get(cls, lambda: self._collect(cls)) or _Options()

    def _collect(self, cls: ClassInfo) -> _Options:
        """Options of the bases in order, then the class's own; later ones win."""
        options = _Options()
        for base in self._project.bases(cls):
            if isinstance(base, ClassInfo):
                inherited = self._options_of(base)
                options.values.update(inherited.values)
                options.from_attributes |= inherited.from_attributes
            else:
                row = schema_row(base.name)
                options.from_attributes |= row is not None and row.from_attributes
        options.values.update(self._own(cls))
        return options

    def _own(self, cls: ClassInfo) -> dict[str, Located]:
        own: dict[str, Located] = {}
        binding = last_value(cls.facts.bindings, "model_config")
        if binding is not None and binding.value is not None:
            own.update(self._entries(Located(parse(binding.value), cls)))
        config = last_value(cls.facts.bindings, "Config")
        found = self._project.resolve_in(cls, "Config") if config else None
        if isinstance(found, ClassInfo):
            own.update(self._class_entries(found))
        scope = self._project.enclosing(cls)
        own.update((name, Located(parse(value), scope)) for name, value in cls.facts.keywords)
        return own

    def _entries(self, place: Located) -> Mapping[str, Located]:
        """Options of `ConfigDict(...)` or a dictionary."""
        call = self._evaluator.declaration(place)
        if call is not None and pydantic_name(call.name) in CONFIG_CALLS:
            return call.keywords
        entries, _ = self._evaluator.mapping(place)
        return entries

    def _class_entries(self, config: ClassInfo) -> dict[str, Located]:
        """Options of `class Config:` and the classes it inherits from."""
        entries: dict[str, Located] = {}
        for entry in reversed(self._project.mro(config)):
            for binding in entry.facts.bindings if isinstance(entry, ClassInfo) else ():
                if binding.kind is BindingKind.ASSIGN and binding.value is not None:
                    entries[binding.name] = Located(parse(binding.value), self._project.enclosing(config))
        return entries

    def _generator(self, place: Located) -> Callable[[str], str]:
        """The alias generator; only pydantic's own can be told."""
        call = self._evaluator.declaration(place)
        if call is not None and pydantic_name(call.name) == "AliasGenerator":
            for keyword in ("validation_alias", "alias"):
                if keyword in call.keywords:
                    return self._generator(call.keywords[keyword])
            return str
        found = self._evaluator.symbol(self._evaluator.resolved(place))
        if isinstance(found, External):
            return _GENERATORS.get(pydantic_name(found.name), _unknown)
        return _unknown


def _unknown(_: str) -> str:
    return ""


def _to_pascal(name: str) -> str:
    return re.sub(r"([0-9A-Za-z])_(?=[0-9A-Z])", r"\1", name.title())


def _to_camel(name: str) -> str:
    if re.match(r"^[a-z]+[A-Za-z0-9]*$", name) and not re.search(r"\d[a-z]", name):
        return name
    return re.sub(r"(^_*[A-Z])", lambda found: found[1].lower(), _to_pascal(name))


_GENERATORS: dict[str, Callable[[str], str]] = {
    "to_camel": _to_camel,
    "to_lower_camel": _to_camel,
    "to_pascal": _to_pascal,
    "to_snake": str.lower,
}
"""Those of `pydantic.alias_generators`; `to_snake` only meets names that are snake case."""
